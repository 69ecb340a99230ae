-- The folders still say of what they are a version.
ALTER TABLE recordings DROP COLUMN origin;
