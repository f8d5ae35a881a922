-- How jobs ended, so that who asked for a scan learns it by the job's number. The last 20,000.
CREATE TABLE ended_jobs (
  id       INTEGER PRIMARY KEY,
  kind     TEXT    NOT NULL,
  key      TEXT    NOT NULL,
  payload  TEXT    NOT NULL,
  waited   INTEGER NOT NULL CHECK (waited IN (0, 1)),  -- it never ran: cancelled
  created  INTEGER NOT NULL,
  ended    INTEGER NOT NULL
) STRICT;

CREATE TRIGGER jobs_ended AFTER DELETE ON jobs WHEN OLD.kind IN
  ('scan_site', 'scan_scope', 'scan_item', 'scan_version') BEGIN
  INSERT OR REPLACE INTO ended_jobs (id, kind, key, payload, waited, created, ended) VALUES
    (OLD.id, OLD.kind, OLD.key, OLD.payload, OLD.state = 0, OLD.created,
     CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER));
  DELETE FROM ended_jobs WHERE id <= OLD.id - 20000;
END;
