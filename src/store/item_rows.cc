#include "store/item_rows.h"

#include "store/sql.h"

namespace spillguard::store {

namespace {

Result<ItemRow> read_item_row(const db::Statement& row) {
  ItemRow out;
  out.id = row.integer(0);
  out.scope_id = row.integer(1);
  out.rules_id = row.integer(2);
  out.updated = row.integer(3);
  out.version = row.integer(4);
  out.content_rows = row.integer(5);
  out.finding_rows = row.integer(6);
  out.problem_rows = row.integer(7);
  SG_ASSIGN(out.cells, decode_cells(row.blob(8)));
  out.read_rules_id = row.integer(9);
  out.attachment_rows = row.integer(10);
  return out;
}

}  // namespace

Result<std::optional<ItemRow>> find_item_row(db::Connection& connection, int64_t site_id,
                                             std::string_view host_id) {
  SG_ASSIGN(auto row,
            bound(connection,
                  "SELECT id, scope_id, rules_id, updated, version, content_rows, "
                  "finding_rows, problem_rows, coverage, read_rules_id, attachment_rows FROM "
                  "items WHERE site_id = $1 AND host_id = $2",
                  site_id, host_id));
  SG_ASSIGN(const bool found, row->step());
  if (!found) return std::nullopt;
  SG_ASSIGN(auto out, read_item_row(*row));
  return out;
}

Result<std::map<std::string, ItemRow>> find_item_rows(db::Connection& connection, int64_t site_id,
                                                      const std::vector<std::string>& host_ids) {
  std::string list = "{";
  for (const std::string& host_id : host_ids) {
    list += list.size() == 1 ? "\"" : ",\"";
    for (const char c : host_id) {
      if (c == '"' || c == '\\') list += '\\';
      list += c;
    }
    list += '"';
  }
  list += '}';
  SG_ASSIGN(auto rows,
            bound(connection,
                  "SELECT id, scope_id, rules_id, updated, version, content_rows, "
                  "finding_rows, problem_rows, coverage, read_rules_id, attachment_rows, "
                  "host_id FROM items "
                  "WHERE site_id = $1 AND host_id = ANY ($2::text::text[])",
                  site_id, list));
  std::map<std::string, ItemRow> out;
  while (true) {
    SG_ASSIGN(const bool more, rows->step());
    if (!more) return out;
    SG_ASSIGN(auto row, read_item_row(*rows));
    out.emplace(std::string(rows->text(11)), std::move(row));
  }
}

Status move_item(db::Connection& connection, Ledger& ledger, const ItemRow& row, int64_t scope_id) {
  if (row.scope_id == scope_id) return {};
  ledger.subtract(row.scope_id, row.cells);
  ledger.add(scope_id, row.cells);
  if (row.finding_rows > 0) {
    // Reviews of the whole site go with it, those of the old scope do not.
    SG_TRY(run(connection,
               "UPDATE findings SET scope_id = $1, reviewed = (reviewed & 2) + CASE WHEN EXISTS "
               "(SELECT 1 FROM reviews r JOIN scopes s ON s.site_id = r.site_id WHERE s.id = $1 "
               "AND r.scope_id = $1 AND r.fingerprint = findings.fingerprint AND r.revoked_at = 0) "
               "THEN 1 ELSE 0 END "
               "WHERE item_id = $2",
               scope_id, row.id));
  }
  if (row.attachment_rows > 0) {
    SG_TRY(run(connection, "UPDATE attachments SET scope_id = $1 WHERE item_id = $2", scope_id,
               row.id));
  }
  if (row.problem_rows > 0) {
    SG_TRY(run(connection, "UPDATE part_problems SET scope_id = $1 WHERE item_id = $2", scope_id,
               row.id));
  }
  return {};
}

const std::string_view kItemColumns =
    "i.id, i.scope_id, i.host_id, i.key, i.kind, i.title, i.link, i.created, i.updated, i.version, "
    "i.state, i.content_stale, coalesce(v.version, ''), i.scanned_at, i.error";

Item read_item(const db::Statement& row) {
  Item item;
  item.id = row.integer(0);
  item.scope_id = row.integer(1);
  item.host_id = row.text(2);
  item.key = row.text(3);
  item.kind = static_cast<ItemKind>(row.integer(4));
  item.title = row.text(5);
  item.link = row.text(6);
  item.created = row.integer(7);
  item.updated = row.integer(8);
  item.version = row.integer(9);
  item.state = static_cast<ScanState>(row.integer(10));
  item.content_stale = row.integer(11) != 0;
  item.rules_version = row.text(12);
  item.scanned_at = row.integer(13);
  // Kept while the item waits for its next scan, in case that is called off.
  if (item.state == ScanState::kError) item.error = row.text(14);
  return item;
}

Result<int64_t> rules_id(db::Connection& connection, std::string_view version) {
  if (version.empty()) return 0;
  SG_ASSIGN(const int64_t known,
            number_or(connection, 0, "SELECT id FROM rules_versions WHERE version = $1", version));
  if (known != 0) return known;
  return number_or(connection, 0, "INSERT INTO rules_versions (version) VALUES ($1) RETURNING id",
                   version);
}

}  // namespace spillguard::store
