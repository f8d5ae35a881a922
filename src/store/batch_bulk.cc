// What a commit does for all of its items at once where each question is a journey to the server.
#include "store/batch_writer.h"
#include "store/reviews.h"
#include "store/sql.h"

namespace spillguard::store {
namespace batch_bulk_detail {
namespace {

// Fewer rows are not worth a COPY.
constexpr size_t kFewFindings = 4;

}  // namespace
}  // namespace batch_bulk_detail

Status BatchWriter::read_items() {
  if (!bulk_) return {};
  std::vector<std::string> host_ids;
  for (const ItemResult& result : batch_.items) host_ids.push_back(result.item.host_id);
  SG_ASSIGN(auto found, find_item_rows(connection_, site_id_, host_ids));
  for (const std::string& host_id : host_ids) {
    const auto at = found.find(host_id);
    read_items_[host_id] = at == found.end() ? std::nullopt : std::optional(at->second);
  }
  return {};
}

Result<std::optional<ItemRow>> BatchWriter::find_item(const std::string& host_id) {
  // Read at the start it holds once: an item that comes again was changed by this batch.
  if (auto read = read_items_.extract(host_id)) return std::move(read.mapped());
  return find_item_row(connection_, site_id_, host_id);
}

Status BatchWriter::flush_findings() {
  const std::vector<HeldFinding> held = std::move(held_);
  held_.clear();
  items_held_for_.clear();
  if (held.size() < batch_bulk_detail::kFewFindings) {
    for (const HeldFinding& one : held) SG_TRY(insert_finding(one.insert, one.item_id));
    return {};
  }
  std::vector<Fingerprint> fingerprints;
  for (const HeldFinding& one : held) fingerprints.push_back(one.insert.finding->fingerprint);
  SG_ASSIGN(const auto reviewed,
            review_bits_of(connection_, site_id_, batch_.scope_id, fingerprints, now_));
  db::CopyRows rows;
  for (const auto& [insert, item_id] : held) {
    const NewFinding& finding = *insert.finding;
    const auto bits = reviewed.find(std::string(finding.fingerprint.raw()));
    rows.add(batch_.scope_id).add(item_id).add(finding.content_kind).add(finding.content_id);
    rows.add(int64_t{finding.rule_id}).add(int64_t{finding.severity});
    rows.add_blob(finding.fingerprint.raw()).add(insert.versions.to_string());
    rows.add(int64_t{insert.historical ? 1 : 0}).add_blob(finding.evidence).add(finding.author);
    rows.add(finding.created_when).add(now_).add(now_);
    rows.add(bits == reviewed.end() ? int64_t{0} : bits->second).end_row();
  }
  return connection_.copy(
      "findings (scope_id, item_id, content_kind, content_id, rule_id, severity, fingerprint, "
      "versions, historical, evidence, author, created_when, first_seen, last_seen, reviewed)",
      rows);
}

}  // namespace spillguard::store
