-- Letters that invite to meetings, one row for each recipient of each version. Rows
-- are changed by whoever sends them and never deleted.
CREATE TABLE letters (
  id       TEXT NOT NULL PRIMARY KEY,
  meeting  TEXT NOT NULL,
  version  INTEGER NOT NULL,
  point    TEXT NOT NULL,
  name     TEXT NOT NULL,
  address  TEXT NOT NULL,
  state    TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  next     TEXT NOT NULL,
  words    TEXT NOT NULL,
  created  TEXT NOT NULL,
  ended    TEXT NOT NULL,
  UNIQUE (meeting, version, point, address)
);
CREATE INDEX letters_due ON letters (state, next);
