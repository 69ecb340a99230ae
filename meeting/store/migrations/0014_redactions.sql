-- Of which recording one is a redacted version; '' for an original.
ALTER TABLE recordings ADD COLUMN origin TEXT NOT NULL DEFAULT '';
