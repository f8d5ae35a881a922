-- Keeping up with a host: how far changes were read, when the last full listing was, and what was
-- not listed any more.

-- watermark: changes up to here are read, by the host's clock. checked_at: the last look for
-- changes. reconciled_at: the last complete listing.
ALTER TABLE scopes ADD COLUMN watermark BIGINT NOT NULL DEFAULT 0;
ALTER TABLE scopes ADD COLUMN checked_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE scopes ADD COLUMN reconciled_at BIGINT NOT NULL DEFAULT 0;
-- What the host's listing of the scope said of it that stops scans: archived on the host.
ALTER TABLE scopes ADD COLUMN archived BIGINT NOT NULL DEFAULT 0;

-- missing_since: the host answered 404 though the item was known; once is no proof. gone_at: it did
-- so again after a later listing: its parts count no more and its findings are historical.
-- is_scope: stands for the texts of the scope itself (a space's description); no item to people.
ALTER TABLE items ADD COLUMN missing_since BIGINT NOT NULL DEFAULT 0;
ALTER TABLE items ADD COLUMN gone_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE items ADD COLUMN is_scope BIGINT NOT NULL DEFAULT 0;

-- The listing that last named this content (scopes.scan_serial); 0 = contents of this kind are not
-- listed by themselves.
ALTER TABLE contents ADD COLUMN seen_serial BIGINT NOT NULL DEFAULT 0;
