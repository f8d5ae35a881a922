// Whether a store agrees with itself.
#include <fmt/format.h>

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <tuple>

#include "store/coverage_codec.h"
#include "store/move_store.h"
#include "store/sql.h"

namespace spillguard::store {
namespace check_store_detail {
namespace {

struct Rule {
  std::string_view says;
  std::string_view sql;  // how many rows break it
};

constexpr std::array kRules = {
    Rule{"items that belong to no scope of their site",
         "SELECT count(*) FROM items i WHERE NOT EXISTS (SELECT 1 FROM scopes s WHERE s.id = "
         "i.scope_id AND s.site_id = i.site_id)"},
    Rule{"findings in another scope than their item",
         "SELECT count(*) FROM findings f WHERE NOT EXISTS (SELECT 1 FROM items i WHERE i.id = "
         "f.item_id AND i.scope_id = f.scope_id)"},
    Rule{"items whose number of findings is wrong",
         "SELECT count(*) FROM items i WHERE i.finding_rows <> (SELECT count(*) FROM findings f "
         "WHERE f.item_id = i.id)"},
    Rule{"items whose number of contents is wrong",
         "SELECT count(*) FROM items i WHERE i.content_rows <> (SELECT count(*) FROM contents c "
         "WHERE c.item_id = i.id)"},
    Rule{"items whose number of problems is wrong",
         "SELECT count(*) FROM items i WHERE i.problem_rows <> (SELECT count(*) FROM part_problems "
         "p WHERE p.item_id = i.id)"},
    Rule{
        "items whose number of attachments is wrong",
        "SELECT count(*) FROM items i WHERE i.attachment_rows <> (SELECT count(*) FROM attachments "
        "a WHERE a.item_id = i.id)"},
    Rule{"attachments in another scope than their item",
         "SELECT count(*) FROM attachments a WHERE NOT EXISTS (SELECT 1 FROM items i WHERE i.id = "
         "a.item_id AND i.scope_id = a.scope_id)"},
    Rule{"wrong sums of findings",
         "SELECT count(*) FROM (SELECT 1 AS wrong FROM (SELECT scope_id, rule_id, CASE WHEN "
         "reviewed <> 0 THEN 1 ELSE 0 END AS seen, count(*) AS n FROM findings WHERE resolved_at = "
         "0 GROUP BY scope_id, rule_id, CASE WHEN reviewed <> 0 THEN 1 ELSE 0 END UNION ALL SELECT "
         "scope_id, rule_id, reviewed, -findings FROM finding_sums WHERE level = 0) x GROUP BY "
         "scope_id, rule_id, seen HAVING sum(n) <> 0) y"},
    Rule{"wrong sums of blocks of findings",
         "SELECT count(*) FROM (SELECT 1 AS wrong FROM (SELECT scope_id, id >> 10 AS block, "
         "count(*) AS n FROM findings WHERE resolved_at = 0 GROUP BY scope_id, id >> 10 UNION ALL "
         "SELECT scope_id, block, -findings FROM finding_sums WHERE level = 2) x GROUP BY "
         "scope_id, block HAVING sum(n) <> 0) y"},
    Rule{"wrong numbers of items in scopes",
         "SELECT count(*) FROM (SELECT 1 AS wrong FROM (SELECT scope_id, 1 AS n FROM items WHERE "
         "gone_at = 0 AND is_scope = 0 UNION ALL SELECT scope_id, -items FROM scope_items) x GROUP "
         "BY scope_id HAVING sum(n) <> 0) y"},
    Rule{"wrong numbers of audit events",
         "SELECT count(*) FROM (SELECT 1 AS wrong FROM (SELECT site_id, kind, 1 AS n FROM audit "
         "UNION ALL SELECT site_id, kind, -events FROM audit_sums WHERE day = -1) x GROUP BY "
         "site_id, kind HAVING sum(n) <> 0) y"},
    Rule{"wrong numbers of reviews",
         "SELECT count(*) FROM (SELECT 1 AS wrong FROM (SELECT site_id, scope_id, 1 AS n FROM "
         "reviews WHERE revoked_at = 0 UNION ALL SELECT site_id, scope_id, -reviews FROM "
         "review_sums) x GROUP BY site_id, scope_id HAVING sum(n) <> 0) y"},
    Rule{"findings that are marked as reviewed and are not",
         "SELECT count(*) FROM findings f JOIN items i ON i.id = f.item_id WHERE f.reviewed <> 0 "
         "AND NOT EXISTS (SELECT 1 FROM reviews r WHERE r.site_id = i.site_id AND r.scope_id IN "
         "(0, f.scope_id) AND r.fingerprint = f.fingerprint AND r.revoked_at = 0)"},
    Rule{"findings that are reviewed and not marked",
         "SELECT count(*) FROM findings f JOIN items i ON i.id = f.item_id WHERE f.reviewed = 0 "
         "AND EXISTS (SELECT 1 FROM reviews r WHERE r.site_id = i.site_id AND r.scope_id IN (0, "
         "f.scope_id) AND r.fingerprint = f.fingerprint AND r.revoked_at = 0)"},
};

using Cells = std::map<std::pair<int64_t, int64_t>, std::pair<int64_t, int64_t>>;

// The ledger of each scope against the sum over its items.
Result<int64_t> wrong_cells(db::Connection& connection) {
  Cells sums;
  int64_t after = 0;
  while (true) {
    SG_ASSIGN(auto rows, bound(connection,
                               "SELECT id, scope_id, coverage FROM items WHERE id > $1 ORDER BY id "
                               "LIMIT 5000",
                               after));
    const int64_t before = after;
    while (true) {
      SG_ASSIGN(const bool more, rows->step());
      if (!more) break;
      after = rows->integer(0);
      SG_ASSIGN(const CellSums cells, decode_cells(rows->blob(2)));
      for (const auto& [cell, sum] : cells) {
        auto& [parts, bytes] = sums[{rows->integer(1), cell}];
        parts += sum.parts;
        bytes += sum.bytes;
      }
    }
    if (after == before) break;
  }
  SG_ASSIGN(auto rows, connection.prepare("SELECT scope_id, cell_id, parts, bytes FROM "
                                          "scope_coverage"));
  while (true) {
    SG_ASSIGN(const bool more, rows->step());
    if (!more) break;
    auto& [parts, bytes] = sums[{rows->integer(0), rows->integer(1)}];
    parts -= rows->integer(2);
    bytes -= rows->integer(3);
  }
  int64_t wrong = 0;
  for (const auto& [cell, sum] : sums) wrong += sum.first != 0 || sum.second != 0 ? 1 : 0;
  return wrong;
}

// The file itself, where it is one.
Status check_file(db::Connection& connection, std::vector<std::string>& wrong) {
  if (connection.dialect() != db::Dialect::kSqlite) return {};
  for (const char* pragma : {"SELECT integrity_check FROM pragma_integrity_check WHERE "
                             "integrity_check <> 'ok' LIMIT 20",
                             "SELECT 'a row of ' || \"table\" || ' names a row of ' || \"parent\" "
                             "|| ' that is not there' FROM pragma_foreign_key_check LIMIT 20"}) {
    SG_ASSIGN(auto rows, connection.prepare(pragma));
    while (true) {
      SG_ASSIGN(const bool more, rows->step());
      if (!more) break;
      wrong.emplace_back(rows->text(0));
    }
  }
  return {};
}

}  // namespace
}  // namespace check_store_detail

Result<std::vector<std::string>> check_store(db::Database& database) {
  namespace own = check_store_detail;
  std::vector<std::string> wrong;
  SG_TRY(database.read([&](db::Connection& connection) -> Status {
    wrong.clear();
    SG_TRY(own::check_file(connection, wrong));
    for (const own::Rule& rule : own::kRules) {
      SG_ASSIGN(const int64_t rows, number_or(connection, 0, rule.sql));
      if (rows > 0) wrong.push_back(fmt::format("{} {}", rows, rule.says));
    }
    SG_ASSIGN(const int64_t cells, own::wrong_cells(connection));
    if (cells > 0) wrong.push_back(fmt::format("{} wrong sums of the coverage", cells));
    return {};
  }));
  return wrong;
}

}  // namespace spillguard::store
