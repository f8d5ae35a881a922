-- What people and the program did, kept for good. Never holds a found text: entity and details name
-- scopes, rules, numbers and fingerprints only. actor '' = the program itself. site_id 0 = all sites.
CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  site_id INTEGER NOT NULL,
  actor TEXT NOT NULL,
  address TEXT NOT NULL,
  kind TEXT NOT NULL,
  entity TEXT NOT NULL,
  details TEXT NOT NULL
) STRICT;
CREATE INDEX audit_by_time ON audit (at);
CREATE INDEX audit_by_kind ON audit (kind, id);
