-- When something that was said in a meeting was cut out of one of its recordings: other
-- recordings of the meeting have its whole log, and tell nothing of that time to who may
-- not see the original. Only added to: they hold when version and original are gone.
CREATE TABLE IF NOT EXISTS silences (
  meeting  TEXT NOT NULL,
  original TEXT NOT NULL,
  version  TEXT NOT NULL,
  begun    TEXT NOT NULL,
  ended    TEXT NOT NULL,
  PRIMARY KEY (meeting, version, begun, ended)
);
-- What was made before is read anew for it.
UPDATE recordings SET stamp = '' WHERE origin <> '';
