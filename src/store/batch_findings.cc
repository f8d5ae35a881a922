// Findings of one item.
#include "store/batch_writer.h"
#include "store/reviews.h"
#include "store/sql.h"

namespace spillguard::store {

Result<StoredFindings> BatchWriter::read_findings(const ItemRow& row) {
  StoredFindings findings;
  if (row.finding_rows == 0) return findings;
  SG_ASSIGN(auto rows, bound(connection_,
                             "SELECT id, content_kind, content_id, rule_id, fingerprint, severity, "
                             "versions, historical, resolved_at, last_seen, author, created_when "
                             "FROM findings WHERE item_id = $1",
                             row.id));
  while (true) {
    SG_ASSIGN(const bool more, rows->step());
    if (!more) return findings;
    FindingKey key;
    key.content_kind = rows->text(1);
    key.content_id = rows->text(2);
    key.rule_id = static_cast<int32_t>(rows->integer(3));
    SG_ASSIGN(key.fingerprint, Fingerprint::parse(rows->blob(4)));
    StoredFinding finding;
    finding.id = rows->integer(0);
    finding.severity = static_cast<int>(rows->integer(5));
    finding.versions = VersionSet::parse(rows->text(6));
    finding.historical = rows->integer(7) != 0;
    finding.resolved_at = rows->integer(8);
    finding.last_seen = rows->integer(9);
    finding.author = rows->text(10);
    finding.created_when = rows->integer(11);
    findings.emplace(std::move(key), std::move(finding));
  }
}

Status BatchWriter::write_findings(const ItemResult& result, const Marks& before, bool same_rules,
                                   ItemRow& row) {
  if (result.findings.empty() && row.finding_rows == 0) return {};
  SG_ASSIGN(const StoredFindings stored, read_findings(row));
  const FindingPlan plan = plan_findings({.result = &result,
                                          .stored = &stored,
                                          .highest = &before,
                                          .same_rules = same_rules,
                                          .now = now_});
  for (const FindingInsert& insert : plan.inserts) {
    if (bulk_) {
      held_.push_back({insert, row.id});
      items_held_for_.insert(row.id);
    } else {
      SG_TRY(insert_finding(insert, row.id));
    }
  }
  for (const StoredFinding& update : plan.updates) SG_TRY(update_finding(update));
  for (const NewFinding& finding : result.findings) {
    rule_names_[finding.rule_id] = finding.rule_name;
  }
  row.finding_rows = static_cast<int64_t>(stored.size() + plan.inserts.size());
  return {};
}

Status BatchWriter::insert_finding(const FindingInsert& insert, int64_t item_id) {
  const NewFinding& finding = *insert.finding;
  SG_ASSIGN(const int64_t reviewed,
            review_bits(connection_, site_id_, batch_.scope_id, finding.fingerprint, now_));
  return run(
      connection_,
      "INSERT INTO findings (scope_id, item_id, content_kind, content_id, rule_id, severity, "
      "fingerprint, versions, historical, evidence, author, created_when, first_seen, "
      "last_seen, reviewed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, "
      "$14)",
      batch_.scope_id, item_id, finding.content_kind, finding.content_id, finding.rule_id,
      finding.severity, Blob{finding.fingerprint.raw()}, insert.versions.to_string(),
      insert.historical, Blob{finding.evidence}, finding.author, finding.created_when, now_,
      reviewed);
}

Status BatchWriter::update_finding(const StoredFinding& row) {
  return run(connection_,
             "UPDATE findings SET severity = $2, versions = $3, historical = $4, resolved_at = $5, "
             "last_seen = $6, author = $7, created_when = $8 WHERE id = $1",
             row.id, row.severity, row.versions.to_string(), row.historical, row.resolved_at,
             row.last_seen, row.author, row.created_when);
}

}  // namespace spillguard::store
