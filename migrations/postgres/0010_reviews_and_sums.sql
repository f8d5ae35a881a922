-- Reviews by site; findings know whether they are reviewed; sums of findings. No store of this kind
-- is older than this step: there is nothing to be carried over.
DROP TABLE reviews;

-- scope_id 0 = the whole site. A review that was taken back, or ran out, keeps its row:
-- revoked_at, revoked_by. evidence: the text, sealed as a finding's (store/evidence.h, only `match`):
-- reviews outlive findings, and exports and a change of the installation's key need it.
CREATE TABLE reviews (
  site_id BIGINT NOT NULL REFERENCES sites (id),
  scope_id BIGINT NOT NULL,
  fingerprint BYTEA NOT NULL CHECK (length(fingerprint) = 32),
  evidence BYTEA NOT NULL DEFAULT '',
  rule_name TEXT COLLATE "C" NOT NULL,
  reviewer TEXT COLLATE "C" NOT NULL,
  reviewed_at BIGINT NOT NULL,
  reason TEXT COLLATE "C" NOT NULL DEFAULT '',
  expires_at BIGINT NOT NULL DEFAULT 0,
  revoked_at BIGINT NOT NULL DEFAULT 0,
  revoked_by TEXT COLLATE "C" NOT NULL DEFAULT '',
  PRIMARY KEY (site_id, scope_id, fingerprint)
);
CREATE INDEX reviews_expiring ON reviews (expires_at)
  WHERE expires_at > 0 AND revoked_at = 0;

-- Bits: 1 = by a review of its scope, 2 = by one of the whole site. Resolved ones too: they may
-- come back.
ALTER TABLE findings ADD COLUMN reviewed BIGINT NOT NULL DEFAULT 0 CHECK (reviewed BETWEEN 0 AND 3);
DROP INDEX findings_in_scope;
DROP INDEX findings_in_item;
DROP INDEX findings_by_text;
CREATE INDEX findings_in_scope ON findings (scope_id, id, rule_id, reviewed, resolved_at)
  WHERE resolved_at = 0;
CREATE INDEX findings_in_item ON findings (item_id, id, rule_id, reviewed, resolved_at)
  WHERE resolved_at = 0;
CREATE INDEX findings_by_text ON findings (fingerprint, scope_id);

-- How many findings that are not resolved a scope has, by rule and whether they are reviewed: of
-- the whole scope (level 0, block 0), and by blocks of 65,536 (level 1, id >> 16) and 1,024 (level
-- 2, id >> 10) ids, so that any place in a list is found without walking to it. Kept by triggers,
-- whatever changes a finding; a sum may be 0.
CREATE TABLE finding_sums (
  scope_id BIGINT NOT NULL,
  level BIGINT NOT NULL CHECK (level BETWEEN 0 AND 2),
  block BIGINT NOT NULL,
  rule_id BIGINT NOT NULL,
  reviewed BIGINT NOT NULL CHECK (reviewed IN (0, 1)),
  findings BIGINT NOT NULL,
  PRIMARY KEY (scope_id, level, block, rule_id, reviewed)
);

-- Once a statement, over all that it changed: a row that is changed again and again in one
-- transaction leaves a chain of old versions that each later change walks.
CREATE FUNCTION count_findings_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO finding_sums (scope_id, level, block, rule_id, reviewed, findings)
    SELECT scope_id, level, CASE level WHEN 0 THEN 0 WHEN 1 THEN id >> 16 ELSE id >> 10 END AS block,
           rule_id, (reviewed <> 0)::int AS seen, sum(change)
    FROM (SELECT *, 1 AS change FROM came) AS changes, (VALUES (0), (1), (2)) AS levels (level) WHERE resolved_at = 0
    GROUP BY scope_id, level, block, rule_id, seen HAVING sum(change) <> 0
    ORDER BY scope_id, level, block, rule_id, seen
    ON CONFLICT (scope_id, level, block, rule_id, reviewed)
    DO UPDATE SET findings = finding_sums.findings + excluded.findings;
  RETURN NULL;
END $$;
CREATE FUNCTION count_findings_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO finding_sums (scope_id, level, block, rule_id, reviewed, findings)
    SELECT scope_id, level, CASE level WHEN 0 THEN 0 WHEN 1 THEN id >> 16 ELSE id >> 10 END AS block,
           rule_id, (reviewed <> 0)::int AS seen, sum(change)
    FROM (SELECT *, -1 AS change FROM gone) AS changes, (VALUES (0), (1), (2)) AS levels (level) WHERE resolved_at = 0
    GROUP BY scope_id, level, block, rule_id, seen HAVING sum(change) <> 0
    ORDER BY scope_id, level, block, rule_id, seen
    ON CONFLICT (scope_id, level, block, rule_id, reviewed)
    DO UPDATE SET findings = finding_sums.findings + excluded.findings;
  RETURN NULL;
END $$;
CREATE FUNCTION count_findings_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO finding_sums (scope_id, level, block, rule_id, reviewed, findings)
    SELECT scope_id, level, CASE level WHEN 0 THEN 0 WHEN 1 THEN id >> 16 ELSE id >> 10 END AS block,
           rule_id, (reviewed <> 0)::int AS seen, sum(change)
    FROM (SELECT *, 1 AS change FROM came UNION ALL SELECT *, -1 AS change FROM gone) AS changes, (VALUES (0), (1), (2)) AS levels (level) WHERE resolved_at = 0
    GROUP BY scope_id, level, block, rule_id, seen HAVING sum(change) <> 0
    ORDER BY scope_id, level, block, rule_id, seen
    ON CONFLICT (scope_id, level, block, rule_id, reviewed)
    DO UPDATE SET findings = finding_sums.findings + excluded.findings;
  RETURN NULL;
END $$;
CREATE TRIGGER findings_added AFTER INSERT ON findings REFERENCING NEW TABLE AS came
  FOR EACH STATEMENT EXECUTE FUNCTION count_findings_added();
CREATE TRIGGER findings_removed AFTER DELETE ON findings REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION count_findings_removed();
CREATE TRIGGER findings_changed AFTER UPDATE ON findings REFERENCING NEW TABLE AS came OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION count_findings_changed();

-- How many items a scope has: not gone, and not the scope's own texts.
CREATE TABLE scope_items (
  scope_id BIGINT PRIMARY KEY,
  items BIGINT NOT NULL
);
CREATE FUNCTION count_items() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.scope_id = NEW.scope_id AND (OLD.gone_at = 0) = (NEW.gone_at = 0)
      AND OLD.is_scope = NEW.is_scope THEN
    RETURN NULL;
  END IF;
  IF TG_OP <> 'INSERT' AND OLD.gone_at = 0 AND OLD.is_scope = 0 THEN
    UPDATE scope_items SET items = items - 1 WHERE scope_id = OLD.scope_id;
  END IF;
  IF TG_OP <> 'DELETE' AND NEW.gone_at = 0 AND NEW.is_scope = 0 THEN
    INSERT INTO scope_items (scope_id, items) VALUES (NEW.scope_id, 1)
      ON CONFLICT (scope_id) DO UPDATE SET items = scope_items.items + 1;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER items_counted AFTER INSERT OR DELETE OR UPDATE OF scope_id, gone_at, is_scope ON items
  FOR EACH ROW EXECUTE FUNCTION count_items();
