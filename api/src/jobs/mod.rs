//! The queue in the database: what must be done later, once, and again if it fails.
