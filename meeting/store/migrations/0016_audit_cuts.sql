-- Lines of the audit log that are older than the house keeps them are written into a
-- file and taken away (SEC-06). A cut says up to which line, signed by the bridge; only
-- what a cut names can be deleted. Acts remembers which acts of meetings were chained
-- in lines that are gone, so that they are not chained again.
CREATE TABLE IF NOT EXISTS audit_cuts (
  seq  BIGINT NOT NULL PRIMARY KEY,
  body TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS audit_acts (
  meeting TEXT NOT NULL PRIMARY KEY,
  number  INTEGER NOT NULL
);
-- sqlite
DROP TRIGGER IF EXISTS audit_no_delete;
-- sqlite
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit WHEN OLD.seq > COALESCE((SELECT MAX(seq) FROM audit_cuts), 0) BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
-- sqlite
CREATE TRIGGER IF NOT EXISTS audit_cuts_no_update BEFORE UPDATE ON audit_cuts BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
-- sqlite
CREATE TRIGGER IF NOT EXISTS audit_cuts_no_delete BEFORE DELETE ON audit_cuts BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
-- postgres
CREATE OR REPLACE FUNCTION audit_is_cut() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.seq > COALESCE((SELECT MAX(seq) FROM audit_cuts), 0) THEN RAISE EXCEPTION 'the audit log is only added to'; END IF; RETURN OLD; END $$;
-- postgres
CREATE OR REPLACE TRIGGER audit_no_change BEFORE UPDATE OR TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_is_kept();
-- postgres
CREATE OR REPLACE TRIGGER audit_no_delete BEFORE DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_is_cut();
-- postgres
CREATE OR REPLACE TRIGGER audit_cuts_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_cuts FOR EACH STATEMENT EXECUTE FUNCTION audit_is_kept();
