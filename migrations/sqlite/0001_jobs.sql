-- The durable queue (src/jobs). state: 0 waiting, 1 running. Times are milliseconds since 1970, UTC.
CREATE TABLE jobs (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used twice
  kind         TEXT    NOT NULL,
  key          TEXT    NOT NULL,
  payload      TEXT    NOT NULL,
  priority     INTEGER NOT NULL,
  state        INTEGER NOT NULL DEFAULT 0 CHECK (state IN (0, 1)),
  not_before   INTEGER NOT NULL,             -- due from here on; at least the time of creation, so it orders by age too
  created      INTEGER NOT NULL,
  attempts     INTEGER NOT NULL DEFAULT 0,   -- claims that ended, or will end, with the worker's own word
  crashes      INTEGER NOT NULL DEFAULT 0,   -- claims whose worker was never heard of again
  max_attempts INTEGER NOT NULL,
  fence        INTEGER NOT NULL DEFAULT 0,
  owner        TEXT    NOT NULL DEFAULT '',
  lease_until  INTEGER NOT NULL DEFAULT 0,
  last_error   TEXT    NOT NULL DEFAULT ''
) STRICT;

-- One waiting and one running job of a kind and key at the most.
CREATE UNIQUE INDEX jobs_waiting ON jobs (kind, key) WHERE state = 0;
CREATE UNIQUE INDEX jobs_running ON jobs (kind, key) WHERE state = 1;
-- The claim walks the pairs of kind and priority that exist and takes the head of each.
CREATE INDEX jobs_due ON jobs (kind, priority, not_before, id) WHERE state = 0;
CREATE INDEX jobs_leases ON jobs (lease_until) WHERE state = 1;

-- The last fencing number given out, over all jobs.
CREATE TABLE job_fence (
  only  INTEGER PRIMARY KEY CHECK (only = 1),
  value INTEGER NOT NULL
) STRICT;
INSERT INTO job_fence (only, value) VALUES (1, 0);

-- The last jobs that were given up, so that none vanishes without a trace. Payloads are not kept.
CREATE TABLE job_failures (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  job_id   INTEGER NOT NULL,
  kind     TEXT    NOT NULL,
  key      TEXT    NOT NULL,
  error    TEXT    NOT NULL,
  attempts INTEGER NOT NULL,
  crashes  INTEGER NOT NULL,
  at       INTEGER NOT NULL
) STRICT;
