-- The processes that share the store, and who does the periodic work.

-- instance: the node's name and what tells it from others of that name. heartbeat: when it was last
-- heard of, by its own clock.
CREATE TABLE nodes (
  instance TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  started INTEGER NOT NULL,
  heartbeat INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Work that one does for all: whoever holds the lease, until it runs out.
CREATE TABLE leases (
  name TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  lease_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
