-- What is kept of a meeting before and after it is held. Rows are only added, except
-- in meetings, which is the newest of drafts and versions for lists to be quick, and
-- in requests, which are forgotten after a time.
CREATE TABLE drafts (
  meeting   TEXT NOT NULL,
  number    INTEGER NOT NULL,
  by_person TEXT NOT NULL,
  at        TEXT NOT NULL,
  body      TEXT NOT NULL,
  PRIMARY KEY (meeting, number)
);
CREATE TABLE meetings (
  id       TEXT NOT NULL PRIMARY KEY,
  revision INTEGER NOT NULL,
  state    TEXT NOT NULL,
  starts   TEXT NOT NULL,
  ends     TEXT NOT NULL,
  unit     TEXT NOT NULL,
  folded   TEXT NOT NULL,
  body     TEXT NOT NULL
);
CREATE INDEX meetings_by_start ON meetings (starts, id);
CREATE TABLE numbers (
  unit    TEXT NOT NULL,
  kind    TEXT NOT NULL,
  year    INTEGER NOT NULL,
  number  INTEGER NOT NULL,
  meeting TEXT NOT NULL,
  PRIMARY KEY (unit, kind, year, number)
);
CREATE TABLE requests (
  person      TEXT NOT NULL,
  request_key TEXT NOT NULL,
  print       TEXT NOT NULL,
  at          TEXT NOT NULL,
  status      INTEGER NOT NULL,
  header      TEXT NOT NULL,
  body        TEXT NOT NULL,
  PRIMARY KEY (person, request_key)
);
CREATE TABLE maps (
  owner     TEXT NOT NULL,
  id        TEXT NOT NULL,
  number    INTEGER NOT NULL,
  by_person TEXT NOT NULL,
  at        TEXT NOT NULL,
  body      TEXT NOT NULL,
  PRIMARY KEY (owner, id, number)
);
CREATE TABLE units (
  owner     TEXT NOT NULL,
  id        TEXT NOT NULL,
  number    INTEGER NOT NULL,
  by_person TEXT NOT NULL,
  at        TEXT NOT NULL,
  body      TEXT NOT NULL,
  PRIMARY KEY (owner, id, number)
);
CREATE TABLE people (
  owner     TEXT NOT NULL,
  id        TEXT NOT NULL,
  number    INTEGER NOT NULL,
  by_person TEXT NOT NULL,
  at        TEXT NOT NULL,
  body      TEXT NOT NULL,
  PRIMARY KEY (owner, id, number)
);
CREATE TABLE rooms (
  owner     TEXT NOT NULL,
  id        TEXT NOT NULL,
  number    INTEGER NOT NULL,
  by_person TEXT NOT NULL,
  at        TEXT NOT NULL,
  body      TEXT NOT NULL,
  PRIMARY KEY (owner, id, number)
);
CREATE TABLE bookings (
  owner     TEXT NOT NULL,
  id        TEXT NOT NULL,
  number    INTEGER NOT NULL,
  by_person TEXT NOT NULL,
  at        TEXT NOT NULL,
  body      TEXT NOT NULL,
  PRIMARY KEY (owner, id, number)
);
CREATE TABLE templates (
  owner     TEXT NOT NULL,
  id        TEXT NOT NULL,
  number    INTEGER NOT NULL,
  by_person TEXT NOT NULL,
  at        TEXT NOT NULL,
  body      TEXT NOT NULL,
  PRIMARY KEY (owner, id, number)
);
CREATE TABLE settings (
  owner     TEXT NOT NULL,
  id        TEXT NOT NULL,
  number    INTEGER NOT NULL,
  by_person TEXT NOT NULL,
  at        TEXT NOT NULL,
  body      TEXT NOT NULL,
  PRIMARY KEY (owner, id, number)
);
CREATE TABLE replies (
  owner     TEXT NOT NULL,
  id        TEXT NOT NULL,
  number    INTEGER NOT NULL,
  by_person TEXT NOT NULL,
  at        TEXT NOT NULL,
  body      TEXT NOT NULL,
  PRIMARY KEY (owner, id, number)
);
CREATE TABLE seen (
  owner     TEXT NOT NULL,
  id        TEXT NOT NULL,
  number    INTEGER NOT NULL,
  by_person TEXT NOT NULL,
  at        TEXT NOT NULL,
  body      TEXT NOT NULL,
  PRIMARY KEY (owner, id, number)
);
CREATE TABLE registrations (
  owner     TEXT NOT NULL,
  id        TEXT NOT NULL,
  number    INTEGER NOT NULL,
  by_person TEXT NOT NULL,
  at        TEXT NOT NULL,
  body      TEXT NOT NULL,
  PRIMARY KEY (owner, id, number)
);
CREATE TABLE positions (
  owner     TEXT NOT NULL,
  id        TEXT NOT NULL,
  number    INTEGER NOT NULL,
  by_person TEXT NOT NULL,
  at        TEXT NOT NULL,
  body      TEXT NOT NULL,
  PRIMARY KEY (owner, id, number)
);
CREATE TABLE papers (
  owner     TEXT NOT NULL,
  id        TEXT NOT NULL,
  number    INTEGER NOT NULL,
  by_person TEXT NOT NULL,
  at        TEXT NOT NULL,
  body      TEXT NOT NULL,
  PRIMARY KEY (owner, id, number)
);
CREATE TABLE views (
  owner     TEXT NOT NULL,
  id        TEXT NOT NULL,
  number    INTEGER NOT NULL,
  by_person TEXT NOT NULL,
  at        TEXT NOT NULL,
  body      TEXT NOT NULL,
  PRIMARY KEY (owner, id, number)
);
CREATE TABLE rehearsals (
  owner     TEXT NOT NULL,
  id        TEXT NOT NULL,
  number    INTEGER NOT NULL,
  by_person TEXT NOT NULL,
  at        TEXT NOT NULL,
  body      TEXT NOT NULL,
  PRIMARY KEY (owner, id, number)
);
CREATE TABLE sheets (
  owner     TEXT NOT NULL,
  id        TEXT NOT NULL,
  number    INTEGER NOT NULL,
  by_person TEXT NOT NULL,
  at        TEXT NOT NULL,
  body      TEXT NOT NULL,
  PRIMARY KEY (owner, id, number)
);
CREATE TABLE minutes (
  owner     TEXT NOT NULL,
  id        TEXT NOT NULL,
  number    INTEGER NOT NULL,
  by_person TEXT NOT NULL,
  at        TEXT NOT NULL,
  body      TEXT NOT NULL,
  PRIMARY KEY (owner, id, number)
);
CREATE TABLE notices (
  owner     TEXT NOT NULL,
  id        TEXT NOT NULL,
  number    INTEGER NOT NULL,
  by_person TEXT NOT NULL,
  at        TEXT NOT NULL,
  body      TEXT NOT NULL,
  PRIMARY KEY (owner, id, number)
);
CREATE TABLE progress (
  owner     TEXT NOT NULL,
  id        TEXT NOT NULL,
  number    INTEGER NOT NULL,
  by_person TEXT NOT NULL,
  at        TEXT NOT NULL,
  body      TEXT NOT NULL,
  PRIMARY KEY (owner, id, number)
);
