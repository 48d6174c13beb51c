-- By which other names a resource is pointed to: for searches by reference.
CREATE INDEX alias_resource ON alias (rid);
