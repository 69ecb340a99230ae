-- How recordings are kept: what was done for each (custodies), the table of periods
-- (retentions), the period, hand-over and holds of each (lifetimes), and disposals
-- with their records. Rows are only added; a recording that was erased keeps them.
CREATE TABLE custodies (
  owner     TEXT NOT NULL,
  id        TEXT NOT NULL,
  number    INTEGER NOT NULL,
  by_person TEXT NOT NULL,
  at        TEXT NOT NULL,
  body      TEXT NOT NULL,
  PRIMARY KEY (owner, id, number)
);
CREATE TABLE retentions (
  owner     TEXT NOT NULL,
  id        TEXT NOT NULL,
  number    INTEGER NOT NULL,
  by_person TEXT NOT NULL,
  at        TEXT NOT NULL,
  body      TEXT NOT NULL,
  PRIMARY KEY (owner, id, number)
);
CREATE TABLE lifetimes (
  owner     TEXT NOT NULL,
  id        TEXT NOT NULL,
  number    INTEGER NOT NULL,
  by_person TEXT NOT NULL,
  at        TEXT NOT NULL,
  body      TEXT NOT NULL,
  PRIMARY KEY (owner, id, number)
);
CREATE TABLE disposals (
  owner     TEXT NOT NULL,
  id        TEXT NOT NULL,
  number    INTEGER NOT NULL,
  by_person TEXT NOT NULL,
  at        TEXT NOT NULL,
  body      TEXT NOT NULL,
  PRIMARY KEY (owner, id, number)
);
