-- The words of recordings as they were; the emptied stamps have them made anew.
DROP TABLE passages;
DROP TABLE passage_vocabulary;
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
UPDATE recordings SET stamp = '';
