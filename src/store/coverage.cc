#include <algorithm>
#include <tuple>
#include <utility>

#include "store/coverage_rows.h"
#include "store/item_rows.h"
#include "store/sql.h"
#include "store/store.h"

namespace spillguard::store {
namespace {

void sort_cells(std::vector<CoverageCell>& cells) {
  std::sort(cells.begin(), cells.end(), [](const CoverageCell& a, const CoverageCell& b) {
    return std::tie(a.kind, a.status, a.reason) < std::tie(b.kind, b.status, b.reason);
  });
}

// The words of numbered cells, ordered by them.
Result<std::vector<CoverageCell>> with_words(db::Connection& connection, const CellSums& sums) {
  std::vector<CoverageCell> cells;
  for (const auto& [id, sum] : sums) {
    if (sum == CellSum{}) continue;
    SG_ASSIGN(auto row, bound(connection,
                              "SELECT kind, status, reason FROM coverage_kinds WHERE id = $1", id));
    SG_ASSIGN(const bool found, row->step());
    if (!found) return fail(Code::kCorrupt, "a coverage cell names a kind that does not exist");
    cells.push_back({.kind = std::string(row->text(0)),
                     .status = static_cast<PartStatus>(row->integer(1)),
                     .reason = std::string(row->text(2)),
                     .parts = sum.parts,
                     .bytes = sum.bytes});
  }
  sort_cells(cells);
  return cells;
}

}  // namespace

Result<std::vector<CoverageCell>> scope_coverage_of(db::Connection& connection, int64_t scope_id) {
  SG_ASSIGN(auto rows,
            bound(connection,
                  "SELECT k.kind, k.status, k.reason, c.parts, c.bytes FROM scope_coverage c JOIN "
                  "coverage_kinds k ON k.id = c.cell_id WHERE c.scope_id = $1",
                  scope_id));
  std::vector<CoverageCell> cells;
  while (true) {
    SG_ASSIGN(const bool more, rows->step());
    if (!more) break;
    if (rows->integer(3) == 0 && rows->integer(4) == 0) continue;
    cells.push_back({.kind = std::string(rows->text(0)),
                     .status = static_cast<PartStatus>(rows->integer(1)),
                     .reason = std::string(rows->text(2)),
                     .parts = rows->integer(3),
                     .bytes = rows->integer(4)});
  }
  sort_cells(cells);
  return cells;
}

Result<std::vector<CoverageCell>> item_coverage_of(db::Connection& connection, int64_t item_id) {
  SG_ASSIGN(auto row, bound(connection, "SELECT coverage FROM items WHERE id = $1", item_id));
  SG_ASSIGN(const bool found, row->step());
  if (!found) return fail(Code::kNotFound, "no such item in the store");
  SG_ASSIGN(const CellSums sums, decode_cells(row->blob(0)));
  return with_words(connection, sums);
}

Result<std::vector<CoverageCell>> Store::coverage(int64_t scope_id) {
  std::vector<CoverageCell> cells;
  SG_TRY(database_.read([&](db::Connection& connection) -> Status {
    SG_ASSIGN(cells, scope_coverage_of(connection, scope_id));
    return {};
  }));
  return cells;
}

Result<std::vector<CoverageCell>> Store::item_coverage(int64_t item_id) {
  std::vector<CoverageCell> cells;
  SG_TRY(database_.read([&](db::Connection& connection) -> Status {
    SG_ASSIGN(cells, item_coverage_of(connection, item_id));
    return {};
  }));
  return cells;
}

Result<std::vector<PartProblem>> Store::problems(int64_t scope_id, int64_t limit) {
  std::vector<PartProblem> problems;
  SG_TRY(database_.read([&](db::Connection& connection) -> Status {
    problems.clear();
    SG_ASSIGN(auto rows,
              bound(connection,
                    "SELECT p.kind, p.content_id, p.version, p.status, p.reason, p.detail, "
                    "p.bytes, i.key FROM part_problems p JOIN items i ON i.id = p.item_id "
                    "WHERE p.scope_id = $1 "
                    "ORDER BY p.item_id, p.kind, p.content_id, p.version, p.reason LIMIT $2",
                    scope_id, limit));
    while (true) {
      SG_ASSIGN(const bool more, rows->step());
      if (!more) return {};
      problems.push_back({.kind = std::string(rows->text(0)),
                          .content_id = std::string(rows->text(1)),
                          .version = rows->integer(2),
                          .status = static_cast<PartStatus>(rows->integer(3)),
                          .reason = std::string(rows->text(4)),
                          .detail = std::string(rows->text(5)),
                          .bytes = rows->integer(6),
                          .item_key = std::string(rows->text(7))});
    }
  }));
  return problems;
}

}  // namespace spillguard::store
