#include "store/ledger.h"

#include <algorithm>

#include "store/sql.h"

namespace spillguard::store {

Status Ledger::load() {
  SG_ASSIGN(auto rows, bound(connection_, "SELECT id, kind, status, reason FROM coverage_kinds"));
  while (true) {
    SG_ASSIGN(const bool more, rows->step());
    if (!more) break;
    ids_.emplace(
        Words(rows->text(1), static_cast<int>(rows->integer(2)), std::string(rows->text(3))),
        rows->integer(0));
  }
  loaded_ = true;
  return {};
}

Result<int64_t> Ledger::id_of(const Words& words) {
  if (!loaded_) SG_TRY(load());
  if (const auto found = ids_.find(words); found != ids_.end()) return found->second;
  const auto& [kind, status, reason] = words;
  SG_ASSIGN(const int64_t id,
            number_or(connection_, 0,
                      "INSERT INTO coverage_kinds (kind, status, reason) VALUES ($1, $2, $3) "
                      "RETURNING id",
                      kind, status, reason));
  ids_.emplace(words, id);
  return id;
}

Result<CellSums> Ledger::number(const std::vector<CoverageCell>& cells) {
  CellSums sums;
  for (const CoverageCell& cell : cells) {
    SG_ASSIGN(const int64_t id, id_of({cell.kind, static_cast<int>(cell.status), cell.reason}));
    CellSum& sum = sums[id];
    sum.parts += cell.parts;
    sum.bytes += cell.bytes;
  }
  return sums;
}

Status Ledger::erase_kinds(CellSums& cells, const std::vector<std::string>& kinds) {
  if (kinds.empty()) return {};
  if (!loaded_) SG_TRY(load());
  for (const auto& [words, id] : ids_) {
    if (std::find(kinds.begin(), kinds.end(), std::get<0>(words)) != kinds.end()) cells.erase(id);
  }
  return {};
}

Result<CellSums> Ledger::number(const PartProblem& problem) {
  SG_ASSIGN(const int64_t id,
            id_of({problem.kind, static_cast<int>(problem.status), problem.reason}));
  return CellSums{{id, {1, problem.bytes}}};
}

Status Ledger::flush() {
  for (const auto& [scope_id, cells] : changes_) {
    for (const auto& [id, sum] : cells) {
      if (sum == CellSum{}) continue;
      SG_TRY(run(connection_,
                 "INSERT INTO scope_coverage (scope_id, cell_id, parts, bytes) "
                 "VALUES ($1, $2, $3, $4) ON CONFLICT (scope_id, cell_id) DO UPDATE SET "
                 "parts = scope_coverage.parts + excluded.parts, "
                 "bytes = scope_coverage.bytes + excluded.bytes",
                 scope_id, id, sum.parts, sum.bytes));
    }
  }
  changes_.clear();
  return {};
}

}  // namespace spillguard::store
