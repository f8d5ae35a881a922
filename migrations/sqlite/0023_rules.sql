-- What people changed of the rules: switches of built-in ones by their stable number, and rules of
-- their own. Numbers of custom rules begin at a million and are never used twice.
CREATE TABLE rule_switches (
  rule_id INTEGER PRIMARY KEY,
  enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  changed_at INTEGER NOT NULL
) STRICT;

CREATE TABLE custom_rules (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  regexp TEXT NOT NULL,
  description TEXT NOT NULL,
  flags TEXT NOT NULL,
  category TEXT NOT NULL,
  severity INTEGER NOT NULL,
  enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  changed_at INTEGER NOT NULL,
  changed_by TEXT NOT NULL
) STRICT;
INSERT INTO sqlite_sequence (name, seq) VALUES ('custom_rules', 999999);

-- Which rules stand behind a version of the rule set, so that a scan after a change can tell what
-- it need not read again.
CREATE TABLE rule_set_rules (
  version TEXT NOT NULL,
  rule_id INTEGER NOT NULL,
  rule_version TEXT NOT NULL,
  PRIMARY KEY (version, rule_id)
) STRICT, WITHOUT ROWID;
