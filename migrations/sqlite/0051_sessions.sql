-- Logins of the web interface. id: a keyed hash of what the browser has. credential: the host's
-- login of that user, sealed under a key that is made of the browser's part and the installation's
-- key: neither the store nor the key alone opens it.
CREATE TABLE sessions (
  id BLOB PRIMARY KEY CHECK (length(id) = 32),
  site_id INTEGER NOT NULL REFERENCES sites (id),
  user_name TEXT NOT NULL,
  credential BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  used_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_expiring ON sessions (expires_at);
