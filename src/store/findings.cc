#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "store/sql.h"
#include "store/store.h"

namespace spillguard::store {
namespace {

// Reviews that count at the time $2.
constexpr std::string_view kActive = "r.revoked_at = 0 AND (r.expires_at = 0 OR r.expires_at > $2)";

// Every text below has $1 = scope and $2 = now. Numbers of rules are written into it: they are
// ours, and their count varies.
std::string visible(const FindingQuery& query) {
  std::string text = "f.resolved_at = 0 AND ";
  // The plus keeps the planner on the item's index, which has far fewer rows than the scope's.
  text += query.item_id ? fmt::format("f.item_id = {} AND +f.scope_id = $1", *query.item_id)
                        : "f.scope_id = $1";
  if (!query.rule_ids.empty()) {
    text += fmt::format(" AND f.rule_id IN ({})", fmt::join(query.rule_ids, ","));
  }
  if (!query.disabled_rules.empty()) {
    text += fmt::format(" AND f.rule_id NOT IN ({})", fmt::join(query.disabled_rules, ","));
  }
  return text;
}

// Whether a finding f is reviewed. For an item its few findings are looked up among the reviews;
// for a scope the reviews are looked up among the findings, once, because reviews are fewer.
std::string is_reviewed(const FindingQuery& query, bool wanted) {
  const std::string_view negation = wanted ? "" : "NOT ";
  if (query.item_id) {
    return fmt::format(
        "{}EXISTS (SELECT 1 FROM reviews r WHERE r.scope_id IN (0, $1) AND "
        "r.fingerprint = f.fingerprint AND {})",
        negation, kActive);
  }
  return fmt::format(
      "f.id {}IN (SELECT g.id FROM reviews r CROSS JOIN findings g WHERE r.scope_id IN (0, $1) "
      "AND {} AND g.scope_id = $1 AND g.fingerprint = r.fingerprint AND g.resolved_at = 0)",
      negation, kActive);
}

std::string shown(const FindingQuery& query) {
  std::string text = visible(query);
  if (query.reviewed) text += " AND " + is_reviewed(query, *query.reviewed);
  return text;
}

// SQLite's statements want every parameter bound to be in the text: "$2" stands in all of them.
constexpr std::string_view kUseNow = " AND $2 >= 0";

Result<int64_t> count_findings(db::Connection& connection, const FindingQuery& query, TimeMs now) {
  return number_or(connection, 0,
                   fmt::format("SELECT count(*) FROM findings f WHERE {}{}", shown(query), kUseNow),
                   query.scope_id, now);
}

Result<std::vector<int64_t>> page_ids(db::Connection& connection, const FindingQuery& query,
                                      TimeMs now) {
  std::vector<int64_t> ids;
  SG_ASSIGN(auto rows, bound(connection,
                             fmt::format("SELECT f.id FROM findings f WHERE {}{} AND f.id > $3 "
                                         "ORDER BY f.id LIMIT $4 OFFSET $5",
                                         shown(query), kUseNow),
                             query.scope_id, now, query.after_id, query.limit, query.offset));
  while (true) {
    SG_ASSIGN(const bool more, rows->step());
    if (!more) return ids;
    ids.push_back(rows->integer(0));
  }
}

// Those of an item that stand in one version of its own content. Ranges of versions are beyond SQL;
// an item's findings are few enough to be looked at one by one.
Result<std::vector<int64_t>> ids_of_version(db::Connection& connection, const FindingQuery& query,
                                            TimeMs now) {
  std::vector<int64_t> ids;
  SG_ASSIGN(auto rows, bound(connection,
                             fmt::format("SELECT f.id, f.versions FROM findings f JOIN items i ON "
                                         "i.id = f.item_id WHERE {}{} AND f.content_id = i.host_id "
                                         "ORDER BY f.id",
                                         shown(query), kUseNow),
                             query.scope_id, now));
  while (true) {
    SG_ASSIGN(const bool more, rows->step());
    if (!more) return ids;
    if (VersionSet::parse(rows->text(1)).contains(*query.version)) ids.push_back(rows->integer(0));
  }
}

std::string finding_sql() {
  const auto review = [](std::string_view scope) {
    return fmt::format(
        "EXISTS (SELECT 1 FROM reviews r WHERE r.scope_id = {} AND "
        "r.fingerprint = f.fingerprint AND {})",
        scope, kActive);
  };
  return fmt::format(
      "SELECT f.id, f.scope_id, f.item_id, i.host_id, i.key, i.kind, i.title, i.link, "
      "f.content_kind, f.content_id, f.rule_id, coalesce(n.name, ''), f.severity, f.fingerprint, "
      "f.versions, f.historical, f.evidence, f.author, f.created_when, f.first_seen, f.last_seen, "
      "{}, {} FROM findings f JOIN items i ON i.id = f.item_id "
      "LEFT JOIN rule_names n ON n.rule_id = f.rule_id WHERE f.id = $1",
      review("f.scope_id"), review("0"));
}

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
  finding.reviewed_globally = row.integer(22) != 0;
  finding.reviewed = row.integer(21) != 0 || finding.reviewed_globally;
  return finding;
}

Status load_findings(db::Connection& connection, const std::vector<int64_t>& ids, TimeMs now,
                     std::vector<Finding>& out) {
  static const std::string sql = finding_sql();
  if (ids.empty()) return {};
  SG_ASSIGN(auto row, connection.prepare(sql));
  for (const int64_t id : ids) {
    bind_all(*row, id, now);
    SG_ASSIGN(const bool found, row->step());
    if (found) {
      SG_ASSIGN(auto finding, read_finding(*row));
      out.push_back(std::move(finding));
    }
    row->reset();
  }
  return {};
}

// Adds a count by rule into the field of the result that `field` names.
Status count_by_rule(db::Connection& connection, const std::string& sql, int64_t scope_id,
                     TimeMs now, int64_t FindingCount::* field,
                     std::map<int32_t, FindingCount>& counts) {
  SG_ASSIGN(auto rows, bound(connection, sql, scope_id, now));
  while (true) {
    SG_ASSIGN(const bool more, rows->step());
    if (!more) return {};
    const auto rule_id = static_cast<int32_t>(rows->integer(0));
    FindingCount& count = counts[rule_id];
    count.rule_id = rule_id;
    count.*field = rows->integer(1);
    if (count.rule_name.empty()) count.rule_name = rows->text(2);
  }
}

}  // namespace

Result<FindingPage> Store::findings(const FindingQuery& query) {
  if (query.version && !query.item_id) {
    return fail(Code::kInvalidArgument,
                "findings of a version can be asked for one item only; name the item too");
  }
  const TimeMs now = clock_();
  FindingPage page;
  SG_TRY(database_.read([&](db::Connection& connection) -> Status {
    page = {};
    if (query.version) {
      SG_ASSIGN(const auto all, ids_of_version(connection, query, now));
      page.total = static_cast<int64_t>(all.size());
      std::vector<int64_t> ids;
      int64_t skipped = 0;
      for (const int64_t id : all) {
        if (id <= query.after_id || skipped++ < query.offset) continue;
        if (static_cast<int64_t>(ids.size()) >= query.limit) break;
        ids.push_back(id);
      }
      return load_findings(connection, ids, now, page.findings);
    }
    SG_ASSIGN(page.total, count_findings(connection, query, now));
    SG_ASSIGN(const auto ids, page_ids(connection, query, now));
    return load_findings(connection, ids, now, page.findings);
  }));
  return page;
}

Result<std::vector<FindingCount>> Store::finding_counts(
    int64_t scope_id, std::optional<int64_t> item_id, const std::vector<int32_t>& disabled_rules) {
  FindingQuery query;
  query.scope_id = scope_id;
  query.item_id = item_id;
  query.disabled_rules = disabled_rules;
  const TimeMs now = clock_();
  const auto sql = [](const std::string& condition) {
    return fmt::format(
        "SELECT c.rule_id, c.findings, coalesce(n.name, '') FROM (SELECT f.rule_id AS rule_id, "
        "count(*) AS findings FROM findings f WHERE {}{} GROUP BY f.rule_id) c "
        "LEFT JOIN rule_names n ON n.rule_id = c.rule_id",
        condition, kUseNow);
  };
  std::map<int32_t, FindingCount> counts;
  SG_TRY(database_.read([&](db::Connection& connection) -> Status {
    counts.clear();
    SG_TRY(count_by_rule(connection, sql(visible(query)), scope_id, now, &FindingCount::findings,
                         counts));
    return count_by_rule(connection, sql(visible(query) + " AND " + is_reviewed(query, true)),
                         scope_id, now, &FindingCount::reviewed, counts);
  }));
  std::vector<FindingCount> out;
  out.reserve(counts.size());
  for (auto& [rule_id, count] : counts) out.push_back(std::move(count));
  return out;
}

}  // namespace spillguard::store
