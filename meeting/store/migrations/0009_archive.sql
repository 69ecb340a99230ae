-- The catalogue of recordings, made from their folders and made anew when they
-- change; and who viewed them, which is only added to. A statement that is headed by
-- the name of a database is for that one alone.
CREATE TABLE recordings (
  id      TEXT NOT NULL PRIMARY KEY,
  meeting TEXT NOT NULL,
  title   TEXT NOT NULL,
  unit    TEXT NOT NULL,
  begun   TEXT NOT NULL,
  length  BIGINT NOT NULL,
  bytes   BIGINT NOT NULL,
  points  INTEGER NOT NULL,
  sealed  INTEGER NOT NULL,
  flawed  INTEGER NOT NULL,
  gone    INTEGER NOT NULL,
  stamp   TEXT NOT NULL
);
CREATE INDEX recordings_by_begun ON recordings (begun, id);
CREATE TABLE viewings (
  recording TEXT NOT NULL,
  person    TEXT NOT NULL,
  name      TEXT NOT NULL,
  session   TEXT NOT NULL,
  at        TEXT NOT NULL,
  what      TEXT NOT NULL,
  detail    TEXT NOT NULL
);
CREATE INDEX viewings_by_recording ON viewings (recording, at);
-- sqlite
CREATE TABLE passages (
  id        INTEGER PRIMARY KEY,
  recording TEXT NOT NULL,
  at        BIGINT NOT NULL,
  kind      TEXT NOT NULL,
  ref       TEXT NOT NULL,
  said      TEXT NOT NULL
);
-- sqlite
CREATE VIRTUAL TABLE passage_words USING fts5(words, content='', contentless_delete=1, detail=none, tokenize='unicode61 remove_diacritics 0');
-- postgres
CREATE TABLE passages (
  id        BIGSERIAL PRIMARY KEY,
  recording TEXT NOT NULL,
  at        BIGINT NOT NULL,
  kind      TEXT NOT NULL,
  ref       TEXT NOT NULL,
  said      TEXT NOT NULL,
  words     tsvector NOT NULL
);
-- postgres
CREATE INDEX passages_by_words ON passages USING gin (words) WITH (fastupdate = off);
CREATE INDEX passages_by_recording ON passages (recording, kind, ref);
