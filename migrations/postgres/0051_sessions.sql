-- Logins of the web interface. id: a keyed hash of what the browser has. credential: the host's
-- login of that user, sealed under a key that is made of the browser's part and the installation's
-- key: neither the store nor the key alone opens it.
CREATE TABLE sessions (
  id BYTEA PRIMARY KEY CHECK (length(id) = 32),
  site_id BIGINT NOT NULL REFERENCES sites (id),
  user_name TEXT COLLATE "C" NOT NULL,
  credential BYTEA NOT NULL,
  created_at BIGINT NOT NULL,
  used_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_expiring ON sessions (expires_at);
