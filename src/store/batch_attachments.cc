// What became of the attachments of one item.
#include <map>
#include <set>
#include <utility>

#include "store/batch_writer.h"
#include "store/documents.h"
#include "store/sql.h"

namespace spillguard::store {
namespace batch_attachments {
namespace {

using RowKey = std::pair<std::string, int64_t>;  // content, version

struct KnownRows {
  std::map<RowKey, std::optional<Fingerprint>> documents;
};

Result<KnownRows> read_rows(db::Connection& connection, const ItemRow& row) {
  KnownRows known;
  if (row.attachment_rows == 0) return known;
  SG_ASSIGN(
      auto rows,
      bound(connection, "SELECT content_id, version, document FROM attachments WHERE item_id = $1",
            row.id));
  while (true) {
    SG_ASSIGN(const bool more, rows->step());
    if (!more) return known;
    std::optional<Fingerprint> document;
    if (!rows->is_null(2)) {
      SG_ASSIGN(document, Fingerprint::parse(rows->blob(2)));
    }
    known.documents.emplace(RowKey(rows->text(0), rows->integer(1)), document);
  }
}

// Rows that this result takes the place of: of a whole one all others, else those of the same
// contents.
bool is_replaced(const ItemResult& result, const RowKey& row) {
  bool same_content = false;
  for (const AttachmentRecord& record : result.attachments) {
    if (record.content_id != row.first) continue;
    if (record.version == row.second) return false;
    same_content = true;
  }
  return same_content || (result.whole && !is_failed(result)) ||
         (!is_failed(result) && is_whole_kind(result, "attachment"));
}

}  // namespace
}  // namespace batch_attachments

Status BatchWriter::write_attachments(const ItemResult& result, ItemRow& row) {
  namespace own = batch_attachments;
  if (result.attachments.empty() && row.attachment_rows == 0) return {};
  SG_ASSIGN(auto known, own::read_rows(connection_, row));
  std::set<Fingerprint> left;  // documents that this item may not name any more
  for (auto at = known.documents.begin(); at != known.documents.end();) {
    if (!own::is_replaced(result, at->first)) {
      ++at;
      continue;
    }
    if (at->second) left.insert(*at->second);
    SG_TRY(run(connection_,
               "DELETE FROM attachments WHERE item_id = $1 AND content_id = $2 AND version = $3",
               row.id, at->first.first, at->first.second));
    at = known.documents.erase(at);
  }
  for (const AttachmentRecord& record : result.attachments) {
    const auto [at, is_new] =
        known.documents.try_emplace({record.content_id, record.version}, std::nullopt);
    if (at->second && at->second != record.document) left.insert(*at->second);
    const std::optional<Blob> document =
        record.document ? std::optional(Blob{record.document->raw()}) : std::nullopt;
    SG_TRY(run(connection_,
               "INSERT INTO attachments (item_id, content_id, version, scope_id, name, status, "
               "reason, detail, bytes, parts, files, document) VALUES ($1, $2, $3, $4, $5, $6, $7, "
               "$8, $9, $10, $11, $12) ON CONFLICT (item_id, content_id, version) DO UPDATE SET "
               "scope_id = excluded.scope_id, name = excluded.name, status = excluded.status, "
               "reason = excluded.reason, detail = excluded.detail, bytes = excluded.bytes, "
               "parts = excluded.parts, files = excluded.files, document = excluded.document",
               row.id, record.content_id, record.version, batch_.scope_id, record.name,
               static_cast<int>(record.status), record.reason, record.detail, record.bytes,
               record.parts, record.files, document));
  }
  row.attachment_rows = static_cast<int64_t>(known.documents.size());
  return forget_documents(connection_, left);
}

}  // namespace spillguard::store
