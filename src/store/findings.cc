#include <fmt/format.h>

#include <map>

#include "store/finding_pages.h"
#include "store/reviews.h"
#include "store/sql.h"
#include "store/store.h"

namespace spillguard::store {
namespace {

constexpr std::string_view kFindingSql =
    "SELECT f.id, f.scope_id, f.item_id, i.host_id, i.key, i.kind, i.title, i.link, "
    "f.content_kind, f.content_id, f.rule_id, coalesce(n.name, ''), f.severity, f.fingerprint, "
    "f.versions, f.historical, f.evidence, f.author, f.created_when, f.first_seen, f.last_seen, "
    "f.reviewed, i.is_scope, i.gone_at, i.site_id FROM findings f JOIN items i ON i.id = f.item_id "
    "LEFT JOIN rule_names n ON n.rule_id = f.rule_id WHERE f.id = $1";

Result<Finding> read_finding(const db::Statement& row) {
  Finding finding;
  finding.id = row.integer(0);
  finding.scope_id = row.integer(1);
  finding.item_id = row.integer(2);
  finding.item_host_id = row.text(3);
  finding.item_key = row.text(4);
  finding.item_kind = static_cast<ItemKind>(row.integer(5));
  finding.item_title = row.text(6);
  finding.item_link = row.text(7);
  finding.content_kind = row.text(8);
  finding.content_id = row.text(9);
  finding.rule_id = static_cast<int32_t>(row.integer(10));
  finding.rule_name = row.text(11);
  finding.severity = static_cast<int>(row.integer(12));
  SG_ASSIGN(finding.fingerprint, Fingerprint::parse(row.blob(13)));
  finding.versions = VersionSet::parse(row.text(14));
  finding.historical = row.integer(15) != 0;
  finding.evidence = row.blob(16);
  finding.author = row.text(17);
  finding.created_when = row.integer(18);
  finding.first_seen = row.integer(19);
  finding.last_seen = row.integer(20);
  finding.reviewed = row.integer(21) != 0;
  finding.reviewed_globally = row.integer(21) >= 2;
  finding.item_is_scope = row.integer(22) != 0;
  finding.item_is_gone = row.integer(23) != 0;
  return finding;
}

// Who reviewed it: in its scope first, else in the whole site.
Status read_reviewer(db::Connection& connection, int64_t site_id, Finding& finding) {
  SG_ASSIGN(auto row, bound(connection,
                            "SELECT reviewer, reviewed_at, reason, expires_at FROM reviews WHERE "
                            "site_id = $1 AND scope_id IN (0, $2) AND fingerprint = $3 AND "
                            "revoked_at = 0 ORDER BY scope_id DESC LIMIT 1",
                            site_id, finding.scope_id, Blob{finding.fingerprint.raw()}));
  SG_ASSIGN(const bool found, row->step());
  if (!found) return {};
  finding.reviewer = row->text(0);
  finding.reviewed_at = row->integer(1);
  finding.review_reason = row->text(2);
  finding.review_expires_at = row->integer(3);
  return {};
}

Status load_findings(db::Connection& connection, const std::vector<int64_t>& ids,
                     std::vector<Finding>& out) {
  if (ids.empty()) return {};
  SG_ASSIGN(auto row, connection.prepare(kFindingSql));
  for (const int64_t id : ids) {
    bind_all(*row, id);
    SG_ASSIGN(const bool found, row->step());
    if (found) {
      SG_ASSIGN(auto finding, read_finding(*row));
      if (finding.reviewed) SG_TRY(read_reviewer(connection, row->integer(24), finding));
      out.push_back(std::move(finding));
    }
    row->reset();
  }
  return {};
}

}  // namespace

Result<FindingPage> Store::findings(const FindingQuery& query) {
  if (query.version && !query.item_id) {
    return fail(Code::kInvalidArgument,
                "findings of a version can be asked for one item only; name the item too");
  }
  if (query.author && !query.item_id) {
    return fail(Code::kInvalidArgument, "findings of an author can be asked for one item only");
  }
  SG_TRY(settle_reviews(database_, clock_()));
  FindingPage page;
  SG_TRY(database_.read([&](db::Connection& connection) -> Status {
    page = {};
    IdPage ids;
    if (query.version) {
      SG_ASSIGN(ids, page_ids_of_version(connection, query, page.total));
    } else {
      SG_ASSIGN(page.total, count_findings(connection, query));
      SG_ASSIGN(ids, page_ids(connection, query));
    }
    page.more = ids.more;
    return load_findings(connection, ids.ids, page.findings);
  }));
  return page;
}

Result<std::vector<FindingCount>> Store::finding_counts(int64_t scope_id,
                                                        std::optional<int64_t> item_id,
                                                        const std::vector<int32_t>& disabled_rules,
                                                        const std::optional<std::string>& author) {
  FindingQuery query;
  query.disabled_rules = disabled_rules;
  if (item_id) query.author = author;
  const std::string filter = finding_filter(query);
  const std::string sums =
      item_id ? fmt::format(
                    "SELECT rule_id, count(*) AS total, sum(CASE WHEN reviewed <> 0 THEN 1 ELSE 0 "
                    "END) AS done FROM "
                    "findings WHERE resolved_at = 0 AND item_id = $1 AND "
                    "+scope_id = $2{} GROUP BY rule_id",
                    filter)
              : fmt::format(
                    "SELECT rule_id, sum(findings) AS total, sum(findings * reviewed) AS "
                    "done FROM finding_sums WHERE $1 = 0 AND scope_id = $2 AND level = 0{} "
                    "GROUP BY rule_id",
                    filter);
  SG_TRY(settle_reviews(database_, clock_()));
  std::vector<FindingCount> counts;
  SG_TRY(database_.read([&](db::Connection& connection) -> Status {
    counts.clear();
    SG_ASSIGN(auto rows,
              bound(connection,
                    fmt::format("SELECT c.rule_id, coalesce(n.name, ''), c.total, c.done FROM ({}) "
                                "c LEFT JOIN rule_names n ON n.rule_id = c.rule_id "
                                "WHERE c.total > 0 ORDER BY c.rule_id",
                                sums),
                    item_id.value_or(0), scope_id));
    while (true) {
      SG_ASSIGN(const bool more, rows->step());
      if (!more) return {};
      counts.push_back({.rule_id = static_cast<int32_t>(rows->integer(0)),
                        .rule_name = std::string(rows->text(1)),
                        .findings = rows->integer(2),
                        .reviewed = rows->integer(3)});
    }
  }));
  return counts;
}

Result<std::unordered_map<int64_t, FindingCount>> Store::finding_totals(
    int64_t site_id, const std::vector<int32_t>& disabled_rules) {
  FindingQuery query;
  query.disabled_rules = disabled_rules;
  SG_TRY(settle_reviews(database_, clock_()));
  std::unordered_map<int64_t, FindingCount> totals;
  SG_TRY(database_.read([&](db::Connection& connection) -> Status {
    totals.clear();
    SG_ASSIGN(auto rows,
              bound(connection,
                    fmt::format("SELECT scope_id, sum(findings), sum(findings * reviewed) FROM "
                                "finding_sums WHERE scope_id IN (SELECT id FROM scopes WHERE "
                                "site_id = $1) AND level = 0{} GROUP BY scope_id",
                                finding_filter(query)),
                    site_id));
    while (true) {
      SG_ASSIGN(const bool more, rows->step());
      if (!more) return {};
      FindingCount& total = totals[rows->integer(0)];
      total.findings = rows->integer(1);
      total.reviewed = rows->integer(2);
    }
  }));
  return totals;
}

}  // namespace spillguard::store
