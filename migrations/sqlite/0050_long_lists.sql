-- Lists of a million rows: what is counted is kept as sums, what is filtered is found by an index.

-- How many events there are of a site and kind on a day (at / 86,400,000; -1 = of all days). shard
-- spreads writers over several rows where there are several; here there is one.
CREATE TABLE audit_sums (
  site_id INTEGER NOT NULL,
  day INTEGER NOT NULL,
  kind TEXT NOT NULL,
  shard INTEGER NOT NULL,
  events INTEGER NOT NULL,
  PRIMARY KEY (site_id, day, kind, shard)
) STRICT, WITHOUT ROWID;
INSERT INTO audit_sums (site_id, day, kind, shard, events)
  SELECT site_id, at / 86400000, kind, 0, count(*) FROM audit GROUP BY 1, 2, 3;
INSERT INTO audit_sums (site_id, day, kind, shard, events)
  SELECT site_id, -1, kind, 0, count(*) FROM audit GROUP BY 1, 3;
CREATE TRIGGER audit_added AFTER INSERT ON audit BEGIN
  INSERT INTO audit_sums (site_id, day, kind, shard, events) VALUES
    (NEW.site_id, -1, NEW.kind, 0, 1), (NEW.site_id, NEW.at / 86400000, NEW.kind, 0, 1)
    ON CONFLICT DO UPDATE SET events = events + 1;
END;
DROP INDEX audit_by_time;
CREATE INDEX audit_by_time ON audit (at, site_id, kind);

-- How many reviews hold: those that were taken back or ran out have revoked_at.
CREATE TABLE review_sums (
  site_id INTEGER NOT NULL,
  scope_id INTEGER NOT NULL,
  reviews INTEGER NOT NULL,
  PRIMARY KEY (site_id, scope_id)
) STRICT, WITHOUT ROWID;
INSERT INTO review_sums (site_id, scope_id, reviews)
  SELECT site_id, scope_id, count(*) FROM reviews WHERE revoked_at = 0 GROUP BY 1, 2;
CREATE TRIGGER reviews_added AFTER INSERT ON reviews WHEN NEW.revoked_at = 0 BEGIN
  INSERT INTO review_sums (site_id, scope_id, reviews) VALUES (NEW.site_id, NEW.scope_id, 1)
    ON CONFLICT DO UPDATE SET reviews = reviews + 1;
END;
CREATE TRIGGER reviews_removed AFTER DELETE ON reviews WHEN OLD.revoked_at = 0 BEGIN
  UPDATE review_sums SET reviews = reviews - 1
    WHERE site_id = OLD.site_id AND scope_id = OLD.scope_id;
END;
CREATE TRIGGER reviews_changed AFTER UPDATE OF revoked_at ON reviews
WHEN (OLD.revoked_at = 0) <> (NEW.revoked_at = 0) BEGIN
  INSERT INTO review_sums (site_id, scope_id, reviews)
    VALUES (NEW.site_id, NEW.scope_id, CASE WHEN NEW.revoked_at = 0 THEN 1 ELSE -1 END)
    ON CONFLICT DO UPDATE SET reviews = reviews + excluded.reviews;
END;

-- Findings of few rules, and reviewed ones among many that are not.
CREATE INDEX findings_by_rule ON findings (scope_id, rule_id, id, reviewed, resolved_at)
  WHERE resolved_at = 0;
CREATE INDEX findings_reviewed ON findings (scope_id, id, rule_id, reviewed, resolved_at)
  WHERE resolved_at = 0 AND reviewed <> 0;

-- The rules under which an item's texts were read the last time. rules_id may be a later set, when
-- nothing had to be read again for it.
ALTER TABLE items ADD COLUMN read_rules_id INTEGER REFERENCES rules_versions (id);
UPDATE items SET read_rules_id = rules_id;
