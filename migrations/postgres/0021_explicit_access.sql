-- Who may use the API of a site without administering it: explicit access, users (type 0) and
-- groups (type 1). scope_id 0 = the whole site (hence no foreign key).
CREATE TABLE entity_permissions (
  site_id BIGINT NOT NULL REFERENCES sites (id),
  scope_id BIGINT NOT NULL DEFAULT 0,
  type BIGINT NOT NULL CHECK (type IN (0, 1)),
  id_or_key TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (site_id, scope_id, type, id_or_key)
);
