#include "store/batch_writer.h"
#include "store/documents.h"
#include "store/sql.h"
#include "store/store.h"

namespace spillguard::store {

Status Store::commit(const ScanCommit& batch) {
  const TimeMs now = clock_();
  return database_.write([&](db::Connection& connection) -> Status {
    if (batch.guard) SG_TRY(batch.guard(connection));
    return BatchWriter(connection, batch, now).write();
  });
}

Status BatchWriter::write() {
  SG_TRY(read_scope());
  for (const DocumentRow& document : batch_.documents) {
    SG_TRY(write_document(connection_, document));
  }
  if (!batch_.items.empty()) {
    SG_ASSIGN(rules_id_, rules_id(connection_, batch_.rules_version));
  }
  SG_TRY(read_items());
  for (const ItemResult& result : batch_.items) {
    if (auto written = write_item(result); !written) {
      return fail(std::move(written).error().context("item " + result.item.key));
    }
  }
  SG_TRY(flush_findings());
  SG_TRY(write_seen());
  SG_TRY(ledger_.flush());
  SG_TRY(write_rule_names());
  return write_progress();
}

Status BatchWriter::read_scope() {
  SG_ASSIGN(auto row, bound(connection_,
                            "SELECT c.site_id, c.scan_serial, s.product FROM scopes c "
                            "JOIN sites s ON s.id = c.site_id WHERE c.id = $1",
                            batch_.scope_id));
  SG_ASSIGN(const bool found, row->step());
  if (!found) return fail(Code::kNotFound, "the scope of these results is not in the store");
  site_id_ = row->integer(0);
  serial_ = row->integer(1);
  product_ = static_cast<Product>(row->integer(2));
  return {};
}

Status BatchWriter::write_item(const ItemResult& result) {
  ItemRow row;
  row.is_new = true;
  SG_ASSIGN(auto known, find_item(result.item.host_id));
  if (known) row = *std::move(known);
  // The same item once more in this batch.
  if (items_held_for_.contains(row.id)) SG_TRY(flush_findings());
  const ItemRow before = row;
  if (!row.is_new) SG_TRY(move_item(connection_, ledger_, row, batch_.scope_id));

  SG_ASSIGN(const Marks marks, read_marks(row));
  SG_ASSIGN(const Problems problems, read_problems(row));
  const Problems settled = settled_problems(result, marks, problems, row);
  SG_ASSIGN(const CellSums cells, new_cells(result, marks, problems, settled, row));
  ledger_.subtract(batch_.scope_id, row.cells);
  ledger_.add(batch_.scope_id, cells);

  SG_TRY(write_item_row(result, encode_cells(cells), row));
  SG_TRY(write_marks(result, marks, row));
  SG_TRY(write_problems(result, problems, settled, row));
  SG_TRY(write_findings(result, marks, before.rules_id == rules_id_, row));
  SG_TRY(write_attachments(result, row));
  return write_row_counts(before, row);
}

Status BatchWriter::write_item_row(const ItemResult& result, const std::string& coverage,
                                   ItemRow& row) {
  const Item& item = result.item;
  const bool failed = is_failed(result);
  const bool current = !failed && starts_whole(result, row);
  const auto state = static_cast<int>(failed ? ScanState::kError : ScanState::kScanned);
  // Read whole, and some of it shall be read again by the next listing.
  const bool again = !failed && result.whole && !result.up_to_date;
  const int64_t updated = again ? 0 : current ? item.updated : row.updated;
  const int64_t version = again ? 0 : current ? item.version : row.version;
  // A partial reading leaves texts unread that were scanned with the rules of then.
  const bool new_rules = current && (result.whole || row.is_new);
  const int64_t rules = new_rules ? rules_id_ : row.rules_id;
  const std::optional<int64_t> rules_or_null =
      rules == 0 ? std::nullopt : std::optional<int64_t>(rules);
  const int64_t read_rules = new_rules ? rules_id_ : row.read_rules_id;
  const std::optional<int64_t> read_or_null =
      read_rules == 0 ? std::nullopt : std::optional<int64_t>(read_rules);
  std::string error;
  if (failed) error = item.error.empty() ? "the item could not be read to its end" : item.error;
  if (row.is_new) {
    SG_ASSIGN(
        row.id,
        number_or(
            connection_, 0,
            "INSERT INTO items (site_id, scope_id, host_id, key, kind, title, link, "
            "created, updated, version, state, rules_id, scanned_at, seen_serial, "
            "coverage, error, is_scope, read_rules_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, "
            "$9, $10, $11, $12, $13, $14, $15, $16, $17, $18) RETURNING id",
            site_id_, batch_.scope_id, item.host_id, item.key, static_cast<int>(item.kind),
            item.title, item.link, item.created, updated, version, state, rules_or_null, now_,
            serial_, Blob{coverage}, error, item.is_scope, read_or_null));
    return {};
  }
  return run(connection_,
             "UPDATE items SET scope_id = $2, key = $3, kind = $4, title = $5, link = $6, "
             "created = $7, updated = $8, version = $9, state = $10, rules_id = $11, "
             "scanned_at = $12, seen_serial = $13, coverage = $14, error = $15, "
             "content_stale = CASE WHEN $16 THEN 0 ELSE content_stale END, "
             "missing_since = 0, gone_at = 0, read_rules_id = $17 WHERE id = $1",
             row.id, batch_.scope_id, item.key, static_cast<int>(item.kind), item.title, item.link,
             item.created, updated, version, state, rules_or_null, now_, serial_, Blob{coverage},
             error, current, read_or_null);
}

Status BatchWriter::write_row_counts(const ItemRow& before, const ItemRow& row) {
  if (before.content_rows == row.content_rows && before.finding_rows == row.finding_rows &&
      before.problem_rows == row.problem_rows && before.attachment_rows == row.attachment_rows) {
    return {};
  }
  return run(connection_,
             "UPDATE items SET content_rows = $2, finding_rows = $3, problem_rows = $4, "
             "attachment_rows = $5 WHERE id = $1",
             row.id, row.content_rows, row.finding_rows, row.problem_rows, row.attachment_rows);
}

Status BatchWriter::write_seen() {
  for (const RelocatedItem& item : batch_.relocated) {
    SG_ASSIGN(const auto row, find_item_row(connection_, site_id_, item.host_id));
    if (!row) continue;
    SG_TRY(move_item(connection_, ledger_, *row, batch_.scope_id));
    SG_TRY(run(connection_, "UPDATE items SET scope_id = $2, key = $3, link = $4 WHERE id = $1",
               row->id, batch_.scope_id, item.key, item.link));
  }
  for (const SeenContent& seen : batch_.seen_contents) {
    SG_TRY(run(connection_,
               "UPDATE contents SET seen_serial = $1 WHERE item_id = $2 AND content_kind = $3 AND "
               "content_id = $4",
               serial_, seen.item_id, seen.content_kind, seen.content_id));
  }
  if (batch_.unchanged.empty()) return {};
  SG_ASSIGN(auto seen, connection_.prepare("UPDATE items SET seen_serial = $1, missing_since = 0 "
                                           "WHERE id = $2"));
  for (const int64_t id : batch_.unchanged) {
    bind_all(*seen, serial_, id);
    SG_TRY(seen->run());
    seen->reset();
  }
  return {};
}

Status BatchWriter::write_rule_names() {
  for (const auto& [id, name] : rule_names_) {
    SG_TRY(run(connection_,
               "INSERT INTO rule_names (rule_id, name) VALUES ($1, $2) "
               "ON CONFLICT (rule_id) DO UPDATE SET name = excluded.name "
               "WHERE rule_names.name <> excluded.name",
               id, name));
  }
  return {};
}

Status BatchWriter::write_progress() {
  if (!batch_.checkpoint && !batch_.items_total && batch_.items_done_delta == 0) return {};
  return run(connection_,
             "UPDATE scopes SET checkpoint = coalesce($2, checkpoint), "
             "items_done = items_done + $3, items_total = coalesce($4, items_total) "
             "WHERE id = $1",
             batch_.scope_id, batch_.checkpoint, batch_.items_done_delta, batch_.items_total);
}

}  // namespace spillguard::store
