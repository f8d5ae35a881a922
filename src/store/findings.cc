#include <fmt/format.h>

#include <algorithm>

#include "store/coverage_rows.h"
#include "store/finding_pages.h"
#include "store/reviews.h"
#include "store/sql.h"
#include "store/store.h"

namespace spillguard::store {
namespace {

constexpr size_t kAtATime = 50;  // rows of one statement, as many as a page has at first

// The rows of kAtATime ids in one statement, which is prepared once.
std::string finding_sql() {
  std::string text =
      "SELECT id, scope_id, item_id, content_kind, content_id, rule_id, severity, fingerprint, "
      "versions, historical, evidence, author, created_when, first_seen, last_seen, reviewed "
      "FROM findings WHERE id IN (";
  for (size_t i = 1; i <= kAtATime; ++i) text += fmt::format("{}${}", i > 1 ? "," : "", i);
  return text + ") ORDER BY id";
}

Status read_finding(const db::Statement& row, Finding& finding) {
  finding.id = row.integer(0);
  finding.scope_id = row.integer(1);
  finding.item_id = row.integer(2);
  finding.content_kind = row.text(3);
  finding.content_id = row.text(4);
  finding.rule_id = static_cast<int32_t>(row.integer(5));
  finding.severity = static_cast<int>(row.integer(6));
  SG_ASSIGN(finding.fingerprint, Fingerprint::parse(row.blob(7)));
  finding.versions = VersionSet::parse(row.text(8));
  finding.historical = row.integer(9) != 0;
  finding.evidence = row.blob(10);
  finding.author = row.text(11);
  finding.created_when = row.integer(12);
  finding.first_seen = row.integer(13);
  finding.last_seen = row.integer(14);
  finding.reviewed = row.integer(15) != 0;
  finding.reviewed_globally = row.integer(15) >= 2;
  return {};
}

// What findings of a page have in common: most stand in few items and are of few rules.
class Surroundings {
 public:
  // `counts` may name rules already.
  Surroundings(db::Connection& connection, const std::vector<FindingCount>& counts)
      : connection_(connection) {
    for (const FindingCount& count : counts) names_.emplace(count.rule_id, count.rule_name);
  }

  Status complete(Finding& finding) {
    SG_TRY(load_item(finding.item_id));
    finding.item_host_id = item_.host_id;
    finding.item_key = item_.key;
    finding.item_kind = item_.kind;
    finding.item_title = item_.title;
    finding.item_link = item_.link;
    finding.item_is_scope = item_.is_scope;
    finding.item_is_gone = gone_;
    SG_ASSIGN(finding.rule_name, rule_name(finding.rule_id));
    if (finding.reviewed) return read_reviewer(finding);
    return {};
  }

 private:
  Status load_item(int64_t id) {
    if (item_.id == id) return {};
    if (!item_row_) {
      SG_ASSIGN(item_row_, connection_.prepare("SELECT host_id, key, kind, title, link, is_scope, "
                                               "gone_at, site_id FROM items WHERE id = $1"));
    }
    StatementPtr& row = item_row_;
    bind_all(*row, id);
    SG_ASSIGN(const bool found, row->step());
    if (!found) return fail(Code::kCorrupt, "a finding stands in an item that does not exist");
    item_.id = id;
    item_.host_id = row->text(0);
    item_.key = row->text(1);
    item_.kind = static_cast<ItemKind>(row->integer(2));
    item_.title = row->text(3);
    item_.link = row->text(4);
    item_.is_scope = row->integer(5) != 0;
    gone_ = row->integer(6) != 0;
    site_id_ = row->integer(7);
    return {};
  }

  Result<std::string_view> rule_name(int32_t id) {
    if (const auto known = names_.find(id); known != names_.end()) {
      return std::string_view(known->second);
    }
    SG_ASSIGN(auto row,
              bound(connection_, "SELECT name FROM rule_names WHERE rule_id = $1", int64_t{id}));
    SG_ASSIGN(const bool found, row->step());
    return std::string_view(
        names_.emplace(id, found ? std::string(row->text(0)) : std::string()).first->second);
  }

  // Who reviewed it: in its scope first, else in the whole site.
  Status read_reviewer(Finding& finding) {
    if (!review_row_) {
      SG_ASSIGN(review_row_,
                connection_.prepare("SELECT reviewer, reviewed_at, reason, expires_at FROM reviews "
                                    "WHERE site_id = $1 AND scope_id IN (0, $2) AND fingerprint = "
                                    "$3 AND revoked_at = 0 ORDER BY scope_id DESC LIMIT 1"));
    }
    StatementPtr& row = review_row_;
    bind_all(*row, site_id_, finding.scope_id, Blob{finding.fingerprint.raw()});
    SG_ASSIGN(const bool found, row->step());
    if (!found) return {};
    finding.reviewer = row->text(0);
    finding.reviewed_at = row->integer(1);
    finding.review_reason = row->text(2);
    finding.review_expires_at = row->integer(3);
    return {};
  }

  db::Connection& connection_;
  Item item_;
  int64_t site_id_ = 0;
  bool gone_ = false;
  StatementPtr item_row_;
  StatementPtr review_row_;
  std::unordered_map<int32_t, std::string> names_;
};

Status load_findings(db::Connection& connection, const std::vector<int64_t>& ids,
                     const std::vector<FindingCount>& counts, std::vector<Finding>& out) {
  static const std::string sql = finding_sql();
  out.clear();
  out.reserve(ids.size());
  for (size_t done = 0; done < ids.size(); done += kAtATime) {
    SG_ASSIGN(auto row, connection.prepare(sql));
    for (size_t i = 0; i < kAtATime; ++i) {
      // What is too many asks for the last one again.
      row->bind(static_cast<int>(i + 1), ids[std::min(done + i, ids.size() - 1)]);
    }
    while (true) {
      SG_ASSIGN(const bool more, row->step());
      if (!more) break;
      SG_TRY(read_finding(*row, out.emplace_back()));
    }
  }
  Surroundings surroundings(connection, counts);
  for (Finding& finding : out) SG_TRY(surroundings.complete(finding));
  return {};
}

// How many findings of a scope the query means, by the counts of all rules that it may show.
int64_t total_of(const std::vector<FindingCount>& counts, const FindingQuery& query) {
  int64_t total = 0;
  for (const FindingCount& count : counts) {
    const auto& wanted = query.rule_ids;
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), count.rule_id) == wanted.end()) {
      continue;
    }
    const int64_t open = count.findings - count.reviewed;
    total += !query.reviewed ? count.findings : *query.reviewed ? count.reviewed : open;
  }
  return total;
}

Status read_page(db::Connection& connection, const FindingQuery& query,
                 const std::vector<FindingCount>& counts, FindingPage& page) {
  IdPage ids;
  if (query.version) {
    SG_ASSIGN(ids, page_ids_of_version(connection, query, page.total));
  } else {
    // A scope's counts tell the total, too.
    if (query.item_id || counts.empty()) {
      SG_ASSIGN(page.total, count_findings(connection, query));
    } else {
      page.total = total_of(counts, query);
    }
    SG_ASSIGN(ids, page_ids(connection, query, page.total));
  }
  page.more = ids.more;
  return load_findings(connection, ids.ids, counts, page.findings);
}

// The query without rules that are off and have no findings here, which is nearly all of them: a
// long list would be gone through for each row.
Result<FindingQuery> without_idle_rules(db::Connection& connection, const FindingQuery& query) {
  FindingQuery out = query;
  if (query.disabled_rules.empty() || query.item_id) return out;
  out.disabled_rules.clear();
  SG_ASSIGN(auto rows, bound(connection,
                             "SELECT DISTINCT rule_id FROM finding_sums WHERE scope_id = $1 AND "
                             "level = 0 AND findings > 0 ORDER BY rule_id",
                             query.scope_id));
  while (true) {
    SG_ASSIGN(const bool more, rows->step());
    if (!more) return out;
    const auto id = static_cast<int32_t>(rows->integer(0));
    const auto& off = query.disabled_rules;
    if (std::find(off.begin(), off.end(), id) != off.end()) out.disabled_rules.push_back(id);
  }
}

Status check_query(const FindingQuery& query) {
  if (query.version && !query.item_id) {
    return fail(Code::kInvalidArgument,
                "findings of a version can be asked for one item only; name the item too");
  }
  if (query.author && !query.item_id) {
    return fail(Code::kInvalidArgument, "findings of an author can be asked for one item only");
  }
  return {};
}

// By rule, of the query's scope or item, whatever its rules and reviews.
Status read_counts(db::Connection& connection, const FindingQuery& query,
                   std::vector<FindingCount>& counts) {
  FindingQuery shown;
  shown.disabled_rules = query.disabled_rules;
  if (query.item_id) shown.author = query.author;
  const std::string filter = finding_filter(shown);
  const std::string sums =
      query.item_id
          ? fmt::format(
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
  SG_ASSIGN(auto rows,
            bound(connection,
                  fmt::format("SELECT c.rule_id, coalesce(n.name, ''), c.total, c.done FROM ({}) "
                              "c LEFT JOIN rule_names n ON n.rule_id = c.rule_id "
                              "WHERE c.total > 0 ORDER BY c.rule_id",
                              sums),
                  query.item_id.value_or(0), query.scope_id));
  counts.clear();
  while (true) {
    SG_ASSIGN(const bool more, rows->step());
    if (!more) return {};
    counts.push_back({.rule_id = static_cast<int32_t>(rows->integer(0)),
                      .rule_name = std::string(rows->text(1)),
                      .findings = rows->integer(2),
                      .reviewed = rows->integer(3)});
  }
}

}  // namespace

Result<FindingPage> Store::findings(const FindingQuery& query) {
  SG_TRY(check_query(query));
  FindingPage page;
  SG_TRY(read_settled(database_, clock_(), [&](db::Connection& connection) -> Status {
    page = {};
    SG_ASSIGN(const auto narrow, without_idle_rules(connection, query));
    return read_page(connection, narrow, {}, page);
  }));
  return page;
}

Result<FindingsView> Store::findings_view(const FindingQuery& query) {
  SG_TRY(check_query(query));
  FindingsView view;
  SG_TRY(read_settled(database_, clock_(), [&](db::Connection& connection) -> Status {
    view = {};
    if (query.item_id) {
      // An item that is asked for before it was scanned has no row.
      if (*query.item_id != 0) {
        SG_ASSIGN(view.coverage, item_coverage_of(connection, *query.item_id));
      }
      SG_TRY(read_counts(connection, query, view.counts));
      return read_page(connection, query, view.counts, view.page);
    }
    SG_ASSIGN(view.coverage, scope_coverage_of(connection, query.scope_id));
    SG_ASSIGN(view.items,
              number_or(connection, 0, "SELECT items FROM scope_items WHERE scope_id = $1",
                        query.scope_id));
    // Rules that are off are left out here: the counts tell which of them have findings at all.
    FindingQuery narrow = query;
    narrow.disabled_rules.clear();
    SG_TRY(read_counts(connection, narrow, view.counts));
    const auto& off = query.disabled_rules;
    std::erase_if(view.counts, [&](const FindingCount& count) {
      if (std::find(off.begin(), off.end(), count.rule_id) == off.end()) return false;
      narrow.disabled_rules.push_back(count.rule_id);
      return true;
    });
    return read_page(connection, narrow, view.counts, view.page);
  }));
  return view;
}

Result<std::vector<FindingCount>> Store::finding_counts(int64_t scope_id,
                                                        std::optional<int64_t> item_id,
                                                        const std::vector<int32_t>& disabled_rules,
                                                        const std::optional<std::string>& author) {
  FindingQuery query;
  query.scope_id = scope_id;
  query.item_id = item_id;
  query.disabled_rules = disabled_rules;
  query.author = author;
  std::vector<FindingCount> counts;
  SG_TRY(read_settled(database_, clock_(), [&](db::Connection& connection) {
    return read_counts(connection, query, counts);
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
