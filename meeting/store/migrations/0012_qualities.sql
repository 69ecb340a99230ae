-- What was measured of the lines of a meeting's points, in periods of five minutes.
CREATE TABLE IF NOT EXISTS qualities (
  owner     TEXT NOT NULL,
  id        TEXT NOT NULL,
  number    INTEGER NOT NULL,
  by_person TEXT NOT NULL,
  at        TEXT NOT NULL,
  body      TEXT NOT NULL,
  PRIMARY KEY (owner, id, number)
);
