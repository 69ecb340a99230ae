-- The words of recordings anew. The id of a passage says how much it counts and when
-- it was said, so that the order of ids is the order of answers: the best kind first,
-- then the latest. Words are the forms that a search may be typed in, made by the
-- program (Words in archive_words.go); the vocabulary has every word that was ever
-- there, to find those that begin as what was typed. All of it is made anew from the folders, which
-- the emptied stamps ask for.
DROP TABLE passages;
-- sqlite
DROP TABLE passage_words;
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
CREATE VIRTUAL TABLE passage_words USING fts5(words, content='', contentless_delete=1, detail=none, prefix='2', tokenize='unicode61 remove_diacritics 0');
-- postgres
CREATE TABLE passages (
  id        BIGINT PRIMARY KEY,
  recording TEXT NOT NULL,
  at        BIGINT NOT NULL,
  kind      TEXT NOT NULL,
  ref       TEXT NOT NULL,
  said      TEXT NOT NULL,
  words     tsvector NOT NULL
);
-- postgres
CREATE INDEX passages_by_words ON passages USING gin (words) WITH (fastupdate = off);
CREATE INDEX passages_by_recording ON passages (recording);
CREATE INDEX passages_by_ref ON passages (kind, ref, recording);
-- sqlite
CREATE TABLE passage_vocabulary (word TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID;
-- postgres
CREATE TABLE passage_vocabulary (word TEXT COLLATE "C" NOT NULL PRIMARY KEY);
UPDATE recordings SET stamp = '';
