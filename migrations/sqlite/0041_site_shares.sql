-- What the nodes leave each other of a host's rate limit. A node that asks a site's host says so
-- until active_until; whoever asks has one of so many equal parts of the limit. paused_until: the
-- host refused that node, or told it to wait; the others wait too.
CREATE TABLE site_shares (
  site TEXT NOT NULL,      -- the name
  instance TEXT NOT NULL,  -- nodes.instance
  active_until INTEGER NOT NULL,
  paused_until INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (site, instance)
) STRICT, WITHOUT ROWID;
