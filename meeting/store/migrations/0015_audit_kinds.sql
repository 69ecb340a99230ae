-- The last line of a kind is asked for: when the last backup was made.
CREATE INDEX IF NOT EXISTS audit_by_kind ON audit (what, seq);
