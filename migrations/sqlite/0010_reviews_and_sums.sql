-- Reviews by site; findings know whether they are reviewed; sums of findings.

-- scope_id 0 = the whole site. A review that was taken back, or ran out, keeps its row:
-- revoked_at, revoked_by. evidence: the text, sealed as a finding's (store/evidence.h, only `match`):
-- reviews outlive findings, and exports and a change of the installation's key need it.
CREATE TABLE site_reviews (
  site_id INTEGER NOT NULL REFERENCES sites (id),
  scope_id INTEGER NOT NULL,
  fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
  evidence BLOB NOT NULL DEFAULT x'',
  rule_name TEXT NOT NULL,
  reviewer TEXT NOT NULL,
  reviewed_at INTEGER NOT NULL,
  reason TEXT NOT NULL DEFAULT '',
  expires_at INTEGER NOT NULL DEFAULT 0,
  revoked_at INTEGER NOT NULL DEFAULT 0,
  revoked_by TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (site_id, scope_id, fingerprint)
) STRICT, WITHOUT ROWID;
CREATE INDEX site_reviews_expiring ON site_reviews (expires_at)
  WHERE expires_at > 0 AND revoked_at = 0;

INSERT INTO site_reviews (site_id, scope_id, fingerprint, rule_name, reviewer, reviewed_at, reason,
                          expires_at, revoked_at)
  SELECT s.site_id, r.scope_id, r.fingerprint, r.rule_name, r.reviewer, r.reviewed_at, r.reason,
         r.expires_at, r.revoked_at FROM reviews r JOIN scopes s ON s.id = r.scope_id;
INSERT INTO site_reviews (site_id, scope_id, fingerprint, rule_name, reviewer, reviewed_at, reason,
                          expires_at, revoked_at)
  SELECT s.id, 0, r.fingerprint, r.rule_name, r.reviewer, r.reviewed_at, r.reason, r.expires_at,
         r.revoked_at FROM reviews r, sites s WHERE r.scope_id = 0;
DROP TABLE reviews;
ALTER TABLE site_reviews RENAME TO reviews;

-- Bits: 1 = by a review of its scope, 2 = by one of the whole site. Resolved ones too: they may
-- come back.
ALTER TABLE findings ADD COLUMN reviewed INTEGER NOT NULL DEFAULT 0 CHECK (reviewed BETWEEN 0 AND 3);
DROP INDEX findings_in_scope;
DROP INDEX findings_in_item;
DROP INDEX findings_by_text;
CREATE INDEX findings_in_scope ON findings (scope_id, id, rule_id, reviewed, resolved_at)
  WHERE resolved_at = 0;
CREATE INDEX findings_in_item ON findings (item_id, id, rule_id, reviewed, resolved_at)
  WHERE resolved_at = 0;
CREATE INDEX findings_by_text ON findings (fingerprint, scope_id);

UPDATE findings SET reviewed =
  EXISTS (SELECT 1 FROM reviews r WHERE r.scope_id = findings.scope_id
          AND r.fingerprint = findings.fingerprint AND r.revoked_at = 0)
  + 2 * EXISTS (SELECT 1 FROM reviews r JOIN scopes s ON s.site_id = r.site_id
                WHERE s.id = findings.scope_id AND r.scope_id = 0
                AND r.fingerprint = findings.fingerprint AND r.revoked_at = 0)
  WHERE fingerprint IN (SELECT fingerprint FROM reviews WHERE revoked_at = 0);

-- How many findings that are not resolved a scope has, by rule and whether they are reviewed: of
-- the whole scope (level 0, block 0), and by blocks of 65,536 (level 1, id >> 16) and 1,024 (level
-- 2, id >> 10) ids, so that any place in a list is found without walking to it. Kept by triggers,
-- whatever changes a finding; a sum may be 0.
CREATE TABLE finding_sums (
  scope_id INTEGER NOT NULL,
  level INTEGER NOT NULL CHECK (level BETWEEN 0 AND 2),
  block INTEGER NOT NULL,
  rule_id INTEGER NOT NULL,
  reviewed INTEGER NOT NULL CHECK (reviewed IN (0, 1)),
  findings INTEGER NOT NULL,
  PRIMARY KEY (scope_id, level, block, rule_id, reviewed)
) STRICT, WITHOUT ROWID;

INSERT INTO finding_sums (scope_id, level, block, rule_id, reviewed, findings)
  SELECT scope_id, 0, 0, rule_id, reviewed <> 0, count(*) FROM findings WHERE resolved_at = 0
  GROUP BY scope_id, rule_id, reviewed <> 0;
INSERT INTO finding_sums (scope_id, level, block, rule_id, reviewed, findings)
  SELECT scope_id, 1, id >> 16, rule_id, reviewed <> 0, count(*) FROM findings WHERE resolved_at = 0
  GROUP BY scope_id, id >> 16, rule_id, reviewed <> 0;
INSERT INTO finding_sums (scope_id, level, block, rule_id, reviewed, findings)
  SELECT scope_id, 2, id >> 10, rule_id, reviewed <> 0, count(*) FROM findings WHERE resolved_at = 0
  GROUP BY scope_id, id >> 10, rule_id, reviewed <> 0;

CREATE TRIGGER findings_added AFTER INSERT ON findings WHEN NEW.resolved_at = 0 BEGIN
  INSERT INTO finding_sums (scope_id, level, block, rule_id, reviewed, findings) VALUES
    (NEW.scope_id, 0, 0, NEW.rule_id, NEW.reviewed <> 0, 1),
    (NEW.scope_id, 1, NEW.id >> 16, NEW.rule_id, NEW.reviewed <> 0, 1),
    (NEW.scope_id, 2, NEW.id >> 10, NEW.rule_id, NEW.reviewed <> 0, 1)
    ON CONFLICT DO UPDATE SET findings = findings + 1;
END;

CREATE TRIGGER findings_removed AFTER DELETE ON findings WHEN OLD.resolved_at = 0 BEGIN
  INSERT INTO finding_sums (scope_id, level, block, rule_id, reviewed, findings) VALUES
    (OLD.scope_id, 0, 0, OLD.rule_id, OLD.reviewed <> 0, -1),
    (OLD.scope_id, 1, OLD.id >> 16, OLD.rule_id, OLD.reviewed <> 0, -1),
    (OLD.scope_id, 2, OLD.id >> 10, OLD.rule_id, OLD.reviewed <> 0, -1)
    ON CONFLICT DO UPDATE SET findings = findings - 1;
END;

CREATE TRIGGER findings_left AFTER UPDATE OF scope_id, rule_id, reviewed, resolved_at ON findings
WHEN OLD.resolved_at = 0 AND (NEW.resolved_at <> 0 OR NEW.scope_id <> OLD.scope_id
  OR NEW.rule_id <> OLD.rule_id OR (NEW.reviewed <> 0) <> (OLD.reviewed <> 0)) BEGIN
  INSERT INTO finding_sums (scope_id, level, block, rule_id, reviewed, findings) VALUES
    (OLD.scope_id, 0, 0, OLD.rule_id, OLD.reviewed <> 0, -1),
    (OLD.scope_id, 1, OLD.id >> 16, OLD.rule_id, OLD.reviewed <> 0, -1),
    (OLD.scope_id, 2, OLD.id >> 10, OLD.rule_id, OLD.reviewed <> 0, -1)
    ON CONFLICT DO UPDATE SET findings = findings - 1;
END;

CREATE TRIGGER findings_came AFTER UPDATE OF scope_id, rule_id, reviewed, resolved_at ON findings
WHEN NEW.resolved_at = 0 AND (OLD.resolved_at <> 0 OR NEW.scope_id <> OLD.scope_id
  OR NEW.rule_id <> OLD.rule_id OR (NEW.reviewed <> 0) <> (OLD.reviewed <> 0)) BEGIN
  INSERT INTO finding_sums (scope_id, level, block, rule_id, reviewed, findings) VALUES
    (NEW.scope_id, 0, 0, NEW.rule_id, NEW.reviewed <> 0, 1),
    (NEW.scope_id, 1, NEW.id >> 16, NEW.rule_id, NEW.reviewed <> 0, 1),
    (NEW.scope_id, 2, NEW.id >> 10, NEW.rule_id, NEW.reviewed <> 0, 1)
    ON CONFLICT DO UPDATE SET findings = findings + 1;
END;

-- How many items a scope has: not gone, and not the scope's own texts.
CREATE TABLE scope_items (
  scope_id INTEGER PRIMARY KEY,
  items INTEGER NOT NULL
) STRICT;
INSERT INTO scope_items (scope_id, items)
  SELECT scope_id, count(*) FROM items WHERE gone_at = 0 AND is_scope = 0 GROUP BY scope_id;
CREATE TRIGGER items_added AFTER INSERT ON items WHEN NEW.gone_at = 0 AND NEW.is_scope = 0 BEGIN
  INSERT INTO scope_items (scope_id, items) VALUES (NEW.scope_id, 1)
    ON CONFLICT DO UPDATE SET items = items + 1;
END;
CREATE TRIGGER items_removed AFTER DELETE ON items WHEN OLD.gone_at = 0 AND OLD.is_scope = 0 BEGIN
  UPDATE scope_items SET items = items - 1 WHERE scope_id = OLD.scope_id;
END;
CREATE TRIGGER items_moved AFTER UPDATE OF scope_id, gone_at, is_scope ON items
WHEN OLD.scope_id <> NEW.scope_id OR (OLD.gone_at = 0) <> (NEW.gone_at = 0)
  OR OLD.is_scope <> NEW.is_scope BEGIN
  UPDATE scope_items SET items = items - 1
    WHERE scope_id = OLD.scope_id AND OLD.gone_at = 0 AND OLD.is_scope = 0;
  INSERT INTO scope_items (scope_id, items)
    SELECT NEW.scope_id, 1 WHERE NEW.gone_at = 0 AND NEW.is_scope = 0
    ON CONFLICT DO UPDATE SET items = items + 1;
END;
