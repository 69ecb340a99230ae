-- The audit log (SEC-06): a chain of lines and the signed heads of it. The database
-- itself refuses to change or take away either. Going back to the release before
-- leaves both standing, so coming forward again finds them.
CREATE TABLE IF NOT EXISTS audit (
  seq     BIGINT NOT NULL PRIMARY KEY,
  at      TEXT NOT NULL,
  what    TEXT NOT NULL,
  who     TEXT NOT NULL,
  meeting TEXT NOT NULL,
  number  INTEGER NOT NULL,
  body    TEXT NOT NULL,
  hash    TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS audit_by_act ON audit (meeting, number);
CREATE INDEX IF NOT EXISTS audit_by_time ON audit (at);
CREATE INDEX IF NOT EXISTS audit_by_person ON audit (who, seq);
CREATE TABLE IF NOT EXISTS audit_heads (
  seq  BIGINT NOT NULL,
  at   TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (seq, at)
);
-- sqlite
CREATE TRIGGER IF NOT EXISTS audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
-- sqlite
CREATE TRIGGER IF NOT EXISTS audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
-- sqlite
CREATE TRIGGER IF NOT EXISTS audit_heads_no_update BEFORE UPDATE ON audit_heads BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
-- sqlite
CREATE TRIGGER IF NOT EXISTS audit_heads_no_delete BEFORE DELETE ON audit_heads BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
-- postgres
CREATE OR REPLACE FUNCTION audit_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the audit log is only added to'; END $$;
-- postgres
CREATE OR REPLACE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_is_kept();
-- postgres
CREATE OR REPLACE TRIGGER audit_heads_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_heads FOR EACH STATEMENT EXECUTE FUNCTION audit_is_kept();
