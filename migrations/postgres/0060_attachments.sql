-- What became of attachments, and what was found in their bytes.

-- One row for each attachment that a host listed, at its newest version. name: sealed. parts: texts
-- that were scanned. files: files within it. document: which bytes it had, when they were read.
CREATE TABLE attachments (
  item_id BIGINT NOT NULL REFERENCES items (id) ON DELETE CASCADE,
  content_id TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL,
  scope_id BIGINT NOT NULL REFERENCES scopes (id),
  name TEXT COLLATE "C" NOT NULL,
  status BIGINT NOT NULL CHECK (status BETWEEN 0 AND 3),
  reason TEXT COLLATE "C" NOT NULL,
  detail TEXT COLLATE "C" NOT NULL,
  bytes BIGINT NOT NULL,
  parts BIGINT NOT NULL,
  files BIGINT NOT NULL,
  document BYTEA,
  PRIMARY KEY (item_id, content_id, version)
);
CREATE INDEX attachments_in_scope ON attachments (scope_id);
CREATE INDEX attachments_of_document ON attachments (document);

-- What the same bytes gave, so that they are opened once. key: a keyed hash of them. rules: those
-- and the settings that they were read under. result: sealed.
CREATE TABLE documents (
  key BYTEA NOT NULL PRIMARY KEY,
  rules TEXT COLLATE "C" NOT NULL,
  result BYTEA NOT NULL
);

ALTER TABLE items ADD COLUMN attachment_rows BIGINT NOT NULL DEFAULT 0;
-- How the last complete scan read attachments; '' = it did not know of them.
ALTER TABLE scopes ADD COLUMN extraction TEXT COLLATE "C" NOT NULL DEFAULT '';
