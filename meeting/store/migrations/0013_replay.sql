-- Who may watch a recording besides the rule (accesses), and the words that were
-- spoken in it, brought as caption files (transcripts). Rows are only added.
CREATE TABLE IF NOT EXISTS accesses (
  owner     TEXT NOT NULL,
  id        TEXT NOT NULL,
  number    INTEGER NOT NULL,
  by_person TEXT NOT NULL,
  at        TEXT NOT NULL,
  body      TEXT NOT NULL,
  PRIMARY KEY (owner, id, number)
);
CREATE TABLE IF NOT EXISTS transcripts (
  owner     TEXT NOT NULL,
  id        TEXT NOT NULL,
  number    INTEGER NOT NULL,
  by_person TEXT NOT NULL,
  at        TEXT NOT NULL,
  body      TEXT NOT NULL,
  PRIMARY KEY (owner, id, number)
);
CREATE INDEX IF NOT EXISTS recordings_by_meeting ON recordings (meeting);
-- Messages of the meeting are found from now on: the catalogue is made anew.
UPDATE recordings SET stamp = '';
