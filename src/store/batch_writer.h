// One ScanCommit being written inside one transaction. Internal to this module; the rules are at
// Store::commit.
#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "db/database.h"
#include "store/finding_merge.h"
#include "store/item_rows.h"
#include "store/ledger.h"
#include "store/store.h"

namespace spillguard::store {

// Kind, content, version, reason.
using ProblemKey = std::tuple<std::string, std::string, int64_t, std::string>;

inline bool is_failed(const ItemResult& result) { return result.item.state == ScanState::kError; }

// Whether the result brings the item up to date. A partial one does when all that came before it
// was scanned, and when it says of a content how far that is read: one version by itself does not.
inline bool starts_whole(const ItemResult& result, const ItemRow& row) {
  if (!result.up_to_date) return false;
  return result.whole || (!result.contents.empty() && (row.is_new || row.rules_id != 0));
}

class BatchWriter {
 public:
  // Both must outlive this.
  BatchWriter(db::Connection& connection, const ScanCommit& batch, TimeMs now)
      : connection_(connection),
        batch_(batch),
        now_(now),
        ledger_(connection),
        bulk_(connection.dialect() == db::Dialect::kPostgres) {}
  Status write();

 private:
  using Marks = std::map<ContentKey, int64_t>;  // highest version read
  using Problems = std::map<ProblemKey, PartProblem>;

  Status read_scope();
  Status write_item(const ItemResult& result);
  Status write_item_row(const ItemResult& result, const std::string& coverage, ItemRow& row);
  Status write_row_counts(const ItemRow& before, const ItemRow& row);
  Status write_seen();
  Status write_rule_names();
  Status write_progress();
  // In batch_bulk.cc, for PostgreSQL: what is known of all items of the batch by one question, and
  // new findings kept back and added by one COPY.
  Status read_items();
  Result<std::optional<ItemRow>> find_item(const std::string& host_id);
  Status flush_findings();

  // In batch_children.cc: what hangs on an item. Each leaves the number of rows in `row`.
  Result<Marks> read_marks(const ItemRow& row);
  Status write_marks(const ItemResult& result, const Marks& before, ItemRow& row);
  Result<Problems> read_problems(const ItemRow& row);
  // Whether the coverage of this result is not in the item's cells yet.
  static bool counts_again(const ItemResult& result, const Marks& before, const ItemRow& row);
  // Problems of earlier readings that this one came past: they go, or are reported again.
  static Problems settled_problems(const ItemResult& result, const Marks& before,
                                   const Problems& problems, const ItemRow& row);
  // The coverage cells that the item has after this result.
  Result<CellSums> new_cells(const ItemResult& result, const Marks& before,
                             const Problems& problems, const Problems& settled, const ItemRow& row);
  Result<CellSums> failed_cells(const ItemResult& result, const Problems& problems,
                                const ItemRow& row);
  Status write_problems(const ItemResult& result, const Problems& problems, const Problems& settled,
                        ItemRow& row);
  // In batch_attachments.cc.
  Status write_attachments(const ItemResult& result, ItemRow& row);
  // In batch_findings.cc.
  Result<StoredFindings> read_findings(const ItemRow& row);
  Status write_findings(const ItemResult& result, const Marks& before, bool same_rules,
                        ItemRow& row);
  Status insert_finding(const FindingInsert& insert, int64_t item_id);
  Status update_finding(const StoredFinding& row);

  db::Connection& connection_;
  const ScanCommit& batch_;
  TimeMs now_;
  Ledger ledger_;
  int64_t site_id_ = 0;
  Product product_ = Product::kJira;
  int64_t serial_ = 0;
  int64_t rules_id_ = 0;
  std::map<int32_t, std::string> rule_names_;
  struct HeldFinding {
    FindingInsert insert;
    int64_t item_id = 0;
  };
  bool bulk_ = false;
  std::map<std::string, std::optional<ItemRow>> read_items_;  // taken out when used
  std::vector<HeldFinding> held_;
  std::set<int64_t> items_held_for_;
};

}  // namespace spillguard::store
