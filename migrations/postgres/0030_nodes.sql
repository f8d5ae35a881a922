-- The processes that share the store, and who does the periodic work.

-- instance: the node's name and what tells it from others of that name. heartbeat: when it was last
-- heard of, by its own clock.
CREATE TABLE nodes (
  instance TEXT COLLATE "C" PRIMARY KEY,
  name TEXT COLLATE "C" NOT NULL,
  version TEXT COLLATE "C" NOT NULL,
  started BIGINT NOT NULL,
  heartbeat BIGINT NOT NULL
);

-- Work that one does for all: whoever holds the lease, until it runs out.
CREATE TABLE leases (
  name TEXT COLLATE "C" PRIMARY KEY,
  owner TEXT COLLATE "C" NOT NULL,
  lease_until BIGINT NOT NULL
);
