CREATE TABLE accounts (
  person TEXT NOT NULL PRIMARY KEY,
  login  TEXT NOT NULL UNIQUE,
  body   TEXT NOT NULL
);
CREATE TABLE account_tries (
  name TEXT NOT NULL PRIMARY KEY,
  last BIGINT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX account_tries_by_time ON account_tries (last);
CREATE TABLE sessions (
  id     TEXT NOT NULL PRIMARY KEY,
  secret TEXT NOT NULL UNIQUE,
  person TEXT NOT NULL,
  ends   BIGINT NOT NULL,
  body   TEXT NOT NULL
);
CREATE INDEX sessions_by_person ON sessions (person);
CREATE INDEX sessions_by_end ON sessions (ends);
CREATE TABLE pairings (
  id     TEXT NOT NULL PRIMARY KEY,
  secret TEXT NOT NULL,
  made   BIGINT NOT NULL,
  body   TEXT NOT NULL
);
CREATE TABLE machines (
  id     TEXT NOT NULL PRIMARY KEY,
  secret TEXT NOT NULL UNIQUE,
  body   TEXT NOT NULL
);
CREATE TABLE guest_links (
  id      TEXT NOT NULL PRIMARY KEY,
  secret  TEXT NOT NULL UNIQUE,
  meeting TEXT NOT NULL,
  body    TEXT NOT NULL
);
CREATE INDEX guest_links_by_meeting ON guest_links (meeting);
CREATE TABLE guests (
  id      TEXT NOT NULL PRIMARY KEY,
  secret  TEXT NOT NULL UNIQUE,
  link    TEXT NOT NULL,
  meeting TEXT NOT NULL,
  body    TEXT NOT NULL
);
CREATE INDEX guests_by_meeting ON guests (meeting);
CREATE INDEX guests_by_link ON guests (link);
