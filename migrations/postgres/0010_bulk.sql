-- Groups of patients whose records the clinic lets systems export, for one purpose and to one recipient.
CREATE TABLE patient_group (
    id          TEXT COLLATE "C" PRIMARY KEY,
    name        TEXT COLLATE "C" NOT NULL,
    purpose     TEXT COLLATE "C" NOT NULL,
    recipient   TEXT COLLATE "C" NOT NULL,
    plan        BIGINT NOT NULL,
    shown       BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    changed_at  BIGINT NOT NULL,
    ended_at    BIGINT
);

CREATE TABLE patient_group_member (
    group_id    TEXT COLLATE "C" NOT NULL REFERENCES patient_group (id),
    patient_no  BIGINT NOT NULL REFERENCES patient (patient_no),
    since       BIGINT NOT NULL,
    PRIMARY KEY (group_id, patient_no)
);
CREATE INDEX patient_group_member_patient ON patient_group_member (patient_no);

-- What became of a group: who changed it, and how many came and went.
CREATE TABLE patient_group_event (
    group_id    TEXT COLLATE "C" NOT NULL REFERENCES patient_group (id),
    n           BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    what        TEXT COLLATE "C" NOT NULL,
    by_name     TEXT COLLATE "C" NOT NULL,
    added       BIGINT NOT NULL,
    removed     BIGINT NOT NULL,
    PRIMARY KEY (group_id, n)
);
CREATE FUNCTION patient_group_event_is_kept() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'what became of a group does not change'; END $$;
CREATE TRIGGER patient_group_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON patient_group_event
FOR EACH STATEMENT EXECUTE FUNCTION patient_group_event_is_kept();

-- What a system asked for (JSON), and how far the job is: after which person it goes on, in which part.
CREATE TABLE bulk_export (
    id          UUID PRIMARY KEY,
    client_id   TEXT COLLATE "C" NOT NULL,
    ask         TEXT COLLATE "C" NOT NULL,
    state       TEXT COLLATE "C" NOT NULL,
    total       BIGINT NOT NULL,
    done        BIGINT NOT NULL,
    after_no    BIGINT NOT NULL,
    part        BIGINT NOT NULL,
    left_out    BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    begun_at    BIGINT,
    ready_at    BIGINT,
    expires_at  BIGINT,
    ended_at    BIGINT
);
CREATE INDEX bulk_export_client ON bulk_export (client_id, created_at);

-- Its files: encrypted, among the blobs.
CREATE TABLE bulk_file (
    export_id   UUID NOT NULL REFERENCES bulk_export (id),
    n           BIGINT NOT NULL,
    part        BIGINT NOT NULL,
    kind        TEXT COLLATE "C" NOT NULL,
    type        TEXT COLLATE "C" NOT NULL,
    lines       BIGINT NOT NULL,
    size        BIGINT NOT NULL,
    blob        TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (export_id, n)
);

-- Whose records are in which part, and how often their labels had changed by then: who may see less by now keeps the
-- part from being handed out.
CREATE TABLE bulk_patient (
    export_id   UUID NOT NULL REFERENCES bulk_export (id),
    patient_no  BIGINT NOT NULL REFERENCES patient (patient_no),
    part        BIGINT NOT NULL,
    group_id    TEXT COLLATE "C" NOT NULL,
    labels_no   BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    PRIMARY KEY (export_id, patient_no)
);

-- What the exported records point to in the directory, and goes out with them at the end.
CREATE TABLE bulk_reference (
    export_id   UUID NOT NULL REFERENCES bulk_export (id),
    rid         BIGINT NOT NULL,
    PRIMARY KEY (export_id, rid)
);
