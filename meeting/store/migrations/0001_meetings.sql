CREATE TABLE versions (
  meeting TEXT NOT NULL,
  number  INTEGER NOT NULL,
  body    TEXT NOT NULL,
  PRIMARY KEY (meeting, number)
);
CREATE TABLE openings (
  meeting TEXT NOT NULL PRIMARY KEY,
  body    TEXT NOT NULL
);
CREATE TABLE events (
  meeting TEXT NOT NULL,
  seq     INTEGER NOT NULL,
  act_key TEXT NOT NULL,
  what    TEXT NOT NULL,
  at      TEXT NOT NULL,
  body    TEXT NOT NULL,
  PRIMARY KEY (meeting, seq)
);
CREATE INDEX events_by_key ON events (meeting, act_key);
