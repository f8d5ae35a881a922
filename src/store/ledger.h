// Writing the coverage ledger within one transaction: numbers of cells, and the changes of the
// scopes' sums, written once at the end. Internal to this module.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "db/database.h"
#include "store/coverage_codec.h"
#include "store/types.h"

namespace spillguard::store {

class Ledger {
 public:
  // `connection` must outlive this. Nothing is read before the first cell is asked for.
  explicit Ledger(db::Connection& connection) : connection_(connection) {}

  // The cells of one item as sums by number. New kinds of cells get a row.
  Result<CellSums> number(const std::vector<CoverageCell>& cells);
  // The cell that a problem was counted in.
  // Takes the cells of these kinds of parts out.
  Status erase_kinds(CellSums& cells, const std::vector<std::string>& kinds);
  Result<CellSums> number(const PartProblem& problem);

  void add(int64_t scope_id, const CellSums& cells) { add_cells(changes_[scope_id], cells); }
  void subtract(int64_t scope_id, const CellSums& cells) {
    subtract_cells(changes_[scope_id], cells);
  }
  // Writes what changed, and starts anew.
  Status flush();

 private:
  using Words = std::tuple<std::string, int, std::string>;  // kind, status, reason
  Status load();
  Result<int64_t> id_of(const Words& words);

  db::Connection& connection_;
  bool loaded_ = false;
  std::map<Words, int64_t> ids_;
  std::map<int64_t, CellSums> changes_;  // by scope
};

}  // namespace spillguard::store
