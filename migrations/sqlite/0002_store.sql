-- Sites, scopes, items, findings, reviews, the coverage ledger and settings.
-- Times are milliseconds UTC, 0 = never. Enumerations are the numbers of src/store/types.h.

CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sites (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  product INTEGER NOT NULL CHECK (product IN (0, 1)),
  base_url TEXT NOT NULL
) STRICT;

-- Versions of the rule set as short numbers, so that rows of items stay small.
CREATE TABLE rules_versions (
  id INTEGER PRIMARY KEY,
  version TEXT NOT NULL UNIQUE
) STRICT;

-- Names of the rules that ever had a finding; the newest name of a number counts.
CREATE TABLE rule_names (
  rule_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL
) STRICT;

CREATE TABLE scopes (
  id INTEGER PRIMARY KEY,
  site_id INTEGER NOT NULL REFERENCES sites (id),
  host_id TEXT NOT NULL,
  key TEXT NOT NULL,
  name TEXT NOT NULL,
  personal INTEGER NOT NULL CHECK (personal IN (0, 1)),
  state INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 4),
  -- Asked for again while a scan was running: the next state after it is "scheduled".
  asked_again INTEGER NOT NULL DEFAULT 0 CHECK (asked_again IN (0, 1)),
  stale_since INTEGER NOT NULL DEFAULT 0,
  rules_version TEXT NOT NULL DEFAULT '',
  scheduled_at INTEGER NOT NULL DEFAULT 0,
  started_at INTEGER NOT NULL DEFAULT 0,
  completed_at INTEGER NOT NULL DEFAULT 0,
  items_total INTEGER NOT NULL DEFAULT 0,
  items_done INTEGER NOT NULL DEFAULT 0,
  checkpoint TEXT NOT NULL DEFAULT '',
  scan_serial INTEGER NOT NULL DEFAULT 0,
  error TEXT NOT NULL DEFAULT '',
  listed_at INTEGER NOT NULL,
  UNIQUE (site_id, host_id)
) STRICT;
-- A key may move to another scope: not unique. Jira's keys are compared in any case.
CREATE INDEX scopes_by_key ON scopes (site_id, upper(key));

-- content_rows, finding_rows and problem_rows count the item's rows in the tables below: most items
-- have none, and are then committed without looking there.
CREATE TABLE items (
  id INTEGER PRIMARY KEY,
  site_id INTEGER NOT NULL REFERENCES sites (id),
  scope_id INTEGER NOT NULL REFERENCES scopes (id),
  host_id TEXT NOT NULL,
  key TEXT NOT NULL,
  kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 2),
  title TEXT NOT NULL,
  link TEXT NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL DEFAULT 0,
  version INTEGER NOT NULL DEFAULT 0,
  state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 4),
  content_stale INTEGER NOT NULL DEFAULT 0 CHECK (content_stale IN (0, 1)),
  rules_id INTEGER REFERENCES rules_versions (id),
  scanned_at INTEGER NOT NULL DEFAULT 0,
  seen_serial INTEGER NOT NULL DEFAULT 0,
  content_rows INTEGER NOT NULL DEFAULT 0,
  finding_rows INTEGER NOT NULL DEFAULT 0,
  problem_rows INTEGER NOT NULL DEFAULT 0,
  coverage BLOB NOT NULL DEFAULT x'',
  error TEXT NOT NULL DEFAULT '',
  UNIQUE (site_id, host_id)
) STRICT;
CREATE INDEX items_by_scope ON items (scope_id);
-- Confluence's items have their host_id as key and are found by that.
CREATE INDEX items_by_key ON items (site_id, upper(key)) WHERE key <> host_id;
CREATE INDEX items_waiting ON items (scope_id) WHERE state IN (1, 2);

-- How far the versions of a content are read.
CREATE TABLE contents (
  item_id INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE,
  content_kind TEXT NOT NULL,
  content_id TEXT NOT NULL,
  newest INTEGER NOT NULL,
  highest_read INTEGER NOT NULL,
  PRIMARY KEY (item_id, content_kind, content_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE findings (
  id INTEGER PRIMARY KEY,
  scope_id INTEGER NOT NULL REFERENCES scopes (id),
  item_id INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE,
  content_kind TEXT NOT NULL,
  content_id TEXT NOT NULL,
  rule_id INTEGER NOT NULL,
  severity INTEGER NOT NULL,
  fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
  versions TEXT NOT NULL,
  historical INTEGER NOT NULL CHECK (historical IN (0, 1)),
  -- Not 0: the rules no longer find it in the text where it stood. Kept, not shown.
  resolved_at INTEGER NOT NULL DEFAULT 0,
  evidence BLOB NOT NULL,
  author TEXT NOT NULL,
  created_when INTEGER NOT NULL,
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  UNIQUE (item_id, content_kind, content_id, rule_id, fingerprint)
) STRICT;
-- Lists and totals of a scope; of an item; what a review covers. resolved_at is a column too,
-- without need: SQLite does not see that a partial index answers for its own condition, and would
-- look at every row.
CREATE INDEX findings_in_scope ON findings (scope_id, id, rule_id, resolved_at) WHERE resolved_at = 0;
CREATE INDEX findings_in_item ON findings (item_id, id, rule_id, resolved_at) WHERE resolved_at = 0;
CREATE INDEX findings_by_text ON findings (scope_id, fingerprint, resolved_at) WHERE resolved_at = 0;

-- The kinds of cells that the ledger has; cells name them by number.
CREATE TABLE coverage_kinds (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  status INTEGER NOT NULL CHECK (status BETWEEN 0 AND 3),
  reason TEXT NOT NULL,
  UNIQUE (kind, status, reason)
) STRICT;

-- The sums of items.coverage over a scope, kept in the transaction that changes an item.
CREATE TABLE scope_coverage (
  scope_id INTEGER NOT NULL REFERENCES scopes (id) ON DELETE CASCADE,
  cell_id INTEGER NOT NULL REFERENCES coverage_kinds (id),
  parts INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (scope_id, cell_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE part_problems (
  item_id INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  content_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  reason TEXT NOT NULL,
  status INTEGER NOT NULL CHECK (status BETWEEN 1 AND 3),
  detail TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  scope_id INTEGER NOT NULL REFERENCES scopes (id),
  PRIMARY KEY (item_id, kind, content_id, version, reason)
) STRICT, WITHOUT ROWID;
CREATE INDEX part_problems_in_scope ON part_problems (scope_id);

-- Kept apart from findings, and longer than they. scope_id 0 = everywhere in this installation
-- (hence no foreign key).
CREATE TABLE reviews (
  scope_id INTEGER NOT NULL,
  fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
  rule_name TEXT NOT NULL,
  reviewer TEXT NOT NULL,
  reviewed_at INTEGER NOT NULL,
  reason TEXT NOT NULL DEFAULT '',
  expires_at INTEGER NOT NULL DEFAULT 0,
  revoked_at INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (scope_id, fingerprint)
) STRICT, WITHOUT ROWID;
