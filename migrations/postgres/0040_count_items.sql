-- Items are counted once a statement, over all that it added: a scope's row that is changed again
-- and again in one transaction leaves a chain of old versions that each later change walks.
DROP TRIGGER items_counted ON items;

CREATE FUNCTION count_items_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO scope_items (scope_id, items)
    SELECT scope_id, count(*) FROM came WHERE gone_at = 0 AND is_scope = 0
    GROUP BY scope_id ORDER BY scope_id
    ON CONFLICT (scope_id) DO UPDATE SET items = scope_items.items + excluded.items;
  RETURN NULL;
END $$;
CREATE FUNCTION count_items_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE scope_items SET items = scope_items.items - less.items
    FROM (SELECT scope_id, count(*) AS items FROM gone WHERE gone_at = 0 AND is_scope = 0
          GROUP BY scope_id) AS less
    WHERE scope_items.scope_id = less.scope_id;
  RETURN NULL;
END $$;

CREATE TRIGGER items_added AFTER INSERT ON items REFERENCING NEW TABLE AS came
  FOR EACH STATEMENT EXECUTE FUNCTION count_items_added();
CREATE TRIGGER items_removed AFTER DELETE ON items REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION count_items_removed();
CREATE TRIGGER items_moved AFTER UPDATE OF scope_id, gone_at, is_scope ON items FOR EACH ROW
  WHEN (OLD.scope_id <> NEW.scope_id OR (OLD.gone_at = 0) <> (NEW.gone_at = 0)
    OR OLD.is_scope <> NEW.is_scope)
  EXECUTE FUNCTION count_items();
