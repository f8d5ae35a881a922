-- How jobs ended, so that who asked for a scan learns it by the job's number. The last 20,000.
CREATE TABLE ended_jobs (
  id       BIGINT PRIMARY KEY,
  kind     TEXT COLLATE "C"    NOT NULL,
  key      TEXT COLLATE "C"    NOT NULL,
  payload  TEXT COLLATE "C"    NOT NULL,
  waited   BIGINT NOT NULL CHECK (waited IN (0, 1)),  -- it never ran: cancelled
  created  BIGINT NOT NULL,
  ended    BIGINT NOT NULL
);

CREATE FUNCTION keep_ended_job() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO ended_jobs (id, kind, key, payload, waited, created, ended) VALUES
    (OLD.id, OLD.kind, OLD.key, OLD.payload, (OLD.state = 0)::int, OLD.created,
     (extract(epoch FROM clock_timestamp()) * 1000)::bigint)
    ON CONFLICT (id) DO NOTHING;
  -- Not each time: jobs that end together would be in each other's way.
  IF OLD.id % 100 = 0 THEN DELETE FROM ended_jobs WHERE id <= OLD.id - 20000; END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER jobs_ended AFTER DELETE ON jobs
  FOR EACH ROW WHEN (OLD.kind IN ('scan_site', 'scan_scope', 'scan_item', 'scan_version'))
  EXECUTE FUNCTION keep_ended_job();
