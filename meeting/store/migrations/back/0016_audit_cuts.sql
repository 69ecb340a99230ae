-- sqlite
-- The release before takes nothing away, so nothing may be deleted again. What was cut
-- stays cut, and its tables stay for coming forward: until then the check of that
-- release calls the lines in the file removed.
DROP TRIGGER IF EXISTS audit_no_delete;
-- sqlite
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
-- postgres
DROP TRIGGER IF EXISTS audit_no_delete ON audit;
-- postgres
CREATE OR REPLACE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_is_kept();
