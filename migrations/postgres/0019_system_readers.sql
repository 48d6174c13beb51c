-- Which system has read whose record: the person is told of the first time. It outlives the exports, which are erased.
CREATE TABLE system_reader (
    client_id   TEXT COLLATE "C" NOT NULL,
    patient_no  BIGINT NOT NULL REFERENCES patient (patient_no),
    since       BIGINT NOT NULL,
    PRIMARY KEY (client_id, patient_no)
);
INSERT INTO system_reader (client_id, patient_no, since)
    SELECT e.client_id, p.patient_no, MIN(p.at) FROM bulk_patient p JOIN bulk_export e ON e.id = p.export_id
    GROUP BY e.client_id, p.patient_no;
