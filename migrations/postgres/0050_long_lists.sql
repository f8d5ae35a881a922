-- Lists of a million rows: what is counted is kept as sums, what is filtered is found by an index.

-- How many events there are of a site and kind on a day (at / 86,400,000; -1 = of all days). shard
-- spreads writers over several rows, so that they are not in each other's way.
CREATE TABLE audit_sums (
  site_id BIGINT NOT NULL,
  day BIGINT NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  shard BIGINT NOT NULL,
  events BIGINT NOT NULL,
  PRIMARY KEY (site_id, day, kind, shard)
);
INSERT INTO audit_sums (site_id, day, kind, shard, events)
  SELECT site_id, at / 86400000, kind, 0, count(*) FROM audit GROUP BY 1, 2, 3;
INSERT INTO audit_sums (site_id, day, kind, shard, events)
  SELECT site_id, -1, kind, 0, count(*) FROM audit GROUP BY 1, 3;
CREATE FUNCTION count_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO audit_sums (site_id, day, kind, shard, events)
    SELECT site_id, day, kind, pg_backend_pid() % 16, count(*)
    FROM (SELECT site_id, kind, at / 86400000 AS day FROM came
          UNION ALL SELECT site_id, kind, -1 FROM came) AS changes
    GROUP BY site_id, day, kind ORDER BY site_id, day, kind
    ON CONFLICT (site_id, day, kind, shard)
    DO UPDATE SET events = audit_sums.events + excluded.events;
  RETURN NULL;
END $$;
CREATE TRIGGER audit_added AFTER INSERT ON audit REFERENCING NEW TABLE AS came
  FOR EACH STATEMENT EXECUTE FUNCTION count_audit();
DROP INDEX audit_by_time;
CREATE INDEX audit_by_time ON audit (at, site_id, kind);

-- How many reviews hold: those that were taken back or ran out have revoked_at.
CREATE TABLE review_sums (
  site_id BIGINT NOT NULL,
  scope_id BIGINT NOT NULL,
  reviews BIGINT NOT NULL,
  PRIMARY KEY (site_id, scope_id)
);
INSERT INTO review_sums (site_id, scope_id, reviews)
  SELECT site_id, scope_id, count(*) FROM reviews WHERE revoked_at = 0 GROUP BY 1, 2;
CREATE FUNCTION count_reviews() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  change BIGINT := 0;
BEGIN
  IF TG_OP <> 'INSERT' AND OLD.revoked_at = 0 THEN change := change - 1; END IF;
  IF TG_OP <> 'DELETE' AND NEW.revoked_at = 0 THEN change := change + 1; END IF;
  IF change <> 0 THEN
    INSERT INTO review_sums (site_id, scope_id, reviews)
      VALUES (CASE WHEN TG_OP = 'DELETE' THEN OLD.site_id ELSE NEW.site_id END,
              CASE WHEN TG_OP = 'DELETE' THEN OLD.scope_id ELSE NEW.scope_id END, change)
      ON CONFLICT (site_id, scope_id)
      DO UPDATE SET reviews = review_sums.reviews + excluded.reviews;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER reviews_counted AFTER INSERT OR DELETE OR UPDATE OF revoked_at ON reviews
  FOR EACH ROW EXECUTE FUNCTION count_reviews();

-- Findings of few rules, and reviewed ones among many that are not.
CREATE INDEX findings_by_rule ON findings (scope_id, rule_id, id, reviewed, resolved_at)
  WHERE resolved_at = 0;
CREATE INDEX findings_reviewed ON findings (scope_id, id, rule_id, reviewed, resolved_at)
  WHERE resolved_at = 0 AND reviewed <> 0;

-- The rules under which an item's texts were read the last time. rules_id may be a later set, when
-- nothing had to be read again for it.
ALTER TABLE items ADD COLUMN read_rules_id BIGINT REFERENCES rules_versions (id);
UPDATE items SET read_rules_id = rules_id;
