-- What became of attachments, and what was found in their bytes.

-- One row for each attachment that a host listed, at its newest version. name: sealed. parts: texts
-- that were scanned. files: files within it. document: which bytes it had, when they were read.
CREATE TABLE attachments (
  item_id INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE,
  content_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  scope_id INTEGER NOT NULL REFERENCES scopes (id),
  name TEXT NOT NULL,
  status INTEGER NOT NULL CHECK (status BETWEEN 0 AND 3),
  reason TEXT NOT NULL,
  detail TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  parts INTEGER NOT NULL,
  files INTEGER NOT NULL,
  document BLOB,
  PRIMARY KEY (item_id, content_id, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX attachments_in_scope ON attachments (scope_id);
CREATE INDEX attachments_of_document ON attachments (document);

-- What the same bytes gave, so that they are opened once. key: a keyed hash of them. rules: those
-- and the settings that they were read under. result: sealed.
CREATE TABLE documents (
  key BLOB NOT NULL PRIMARY KEY,
  rules TEXT NOT NULL,
  result BLOB NOT NULL
) STRICT;

ALTER TABLE items ADD COLUMN attachment_rows INTEGER NOT NULL DEFAULT 0;
-- How the last complete scan read attachments; '' = it did not know of them.
ALTER TABLE scopes ADD COLUMN extraction TEXT NOT NULL DEFAULT '';
