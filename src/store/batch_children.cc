// Content marks, coverage cells and problems of one item.
#include <algorithm>
#include <set>
#include <utility>

#include "store/batch_writer.h"
#include "store/sql.h"

namespace spillguard::store {
namespace {

int64_t mark_of(const std::map<ContentKey, int64_t>& marks, const ContentRead& read) {
  const auto at = marks.find({read.content_kind, read.content_id});
  return at == marks.end() ? 0 : at->second;
}

ProblemKey key_of(const PartProblem& problem) {
  return {problem.kind, problem.content_id, problem.version, problem.reason};
}

}  // namespace

Result<BatchWriter::Marks> BatchWriter::read_marks(const ItemRow& row) {
  Marks marks;
  if (row.content_rows == 0) return marks;
  SG_ASSIGN(auto rows, bound(connection_,
                             "SELECT content_kind, content_id, highest_read FROM contents "
                             "WHERE item_id = $1",
                             row.id));
  while (true) {
    SG_ASSIGN(const bool more, rows->step());
    if (!more) return marks;
    marks.emplace(ContentKey(rows->text(0), rows->text(1)), rows->integer(2));
  }
}

Status BatchWriter::write_marks(const ItemResult& result, const Marks& before, ItemRow& row) {
  if (is_failed(result)) return {};  // all is read again from where it was
  std::set<ContentKey> kept;
  for (const auto& [content, highest] : before) {
    if (content_is_gone(result, content)) {
      SG_TRY(run(connection_,
                 "DELETE FROM contents WHERE item_id = $1 AND content_kind = $2 AND "
                 "content_id = $3",
                 row.id, content.first, content.second));
    } else {
      kept.insert(content);
    }
  }
  for (const ContentRead& read : result.contents) {
    ContentKey content(read.content_kind, read.content_id);
    // Jira's items are read whole each time: a mark on every comment would be a row for nothing.
    const bool worth = product_ == Product::kConfluence || read.newest > 1;
    const bool has_mark = kept.contains(content);
    if (!worth && !has_mark) continue;
    // One version of a content of which the others were never read: not the start of a mark.
    if (!result.whole && !read.complete && !has_mark && !starts_whole(result, row)) continue;
    const int64_t highest =
        result.whole ? read.highest_read : std::max(read.highest_read, mark_of(before, read));
    SG_TRY(run(connection_,
               "INSERT INTO contents (item_id, content_kind, content_id, newest, highest_read, "
               "seen_serial) VALUES ($1, $2, $3, $4, $5, $6) "
               "ON CONFLICT (item_id, content_kind, content_id) DO UPDATE SET "
               "newest = excluded.newest, highest_read = excluded.highest_read, "
               "seen_serial = excluded.seen_serial",
               row.id, content.first, content.second, read.newest, highest, serial_));
    kept.insert(std::move(content));
  }
  row.content_rows = static_cast<int64_t>(kept.size());
  return {};
}

Result<BatchWriter::Problems> BatchWriter::read_problems(const ItemRow& row) {
  Problems problems;
  if (row.problem_rows == 0) return problems;
  SG_ASSIGN(auto rows, bound(connection_,
                             "SELECT kind, content_id, version, reason, status, bytes "
                             "FROM part_problems WHERE item_id = $1",
                             row.id));
  while (true) {
    SG_ASSIGN(const bool more, rows->step());
    if (!more) return problems;
    PartProblem problem;
    problem.kind = rows->text(0);
    problem.content_id = rows->text(1);
    problem.version = rows->integer(2);
    problem.reason = rows->text(3);
    problem.status = static_cast<PartStatus>(rows->integer(4));
    problem.bytes = rows->integer(5);
    ProblemKey key = key_of(problem);
    problems.emplace(std::move(key), std::move(problem));
  }
}

bool BatchWriter::counts_again(const ItemResult& result, const Marks& before, const ItemRow& row) {
  if (is_failed(result)) return false;
  if (result.whole || row.cells.empty()) return true;
  // Without marks: a version that was asked for by itself. Counted when the item was scanned whole.
  if (result.contents.empty()) return row.rules_id == 0;
  return std::any_of(result.contents.begin(), result.contents.end(), [&](const ContentRead& read) {
    return read.highest_read > mark_of(before, read);
  });
}

BatchWriter::Problems BatchWriter::settled_problems(const ItemResult& result, const Marks& before,
                                                    const Problems& problems, const ItemRow& row) {
  if (is_failed(result)) return {};
  if (result.whole) return problems;
  const bool counts = counts_again(result, before, row);
  const auto came_past = [&](const PartProblem& problem) {
    // One of the item as a whole, such as "could not be read to its end".
    if (problem.content_id.empty()) return true;
    return std::any_of(
        result.contents.begin(), result.contents.end(), [&](const ContentRead& read) {
          return read.content_id == problem.content_id && problem.version > mark_of(before, read) &&
                 problem.version <= read.highest_read;
        });
  };
  std::set<ProblemKey> again;
  if (!counts) {
    for (const PartProblem& problem : result.problems) again.insert(key_of(problem));
  }
  Problems settled;
  for (const auto& [key, problem] : problems) {
    const bool replaced = is_whole_kind(result, problem.kind);
    if (replaced || (came_past(problem) && !again.contains(key))) settled.emplace(key, problem);
  }
  return settled;
}

Result<CellSums> BatchWriter::new_cells(const ItemResult& result, const Marks& before,
                                        const Problems& problems, const Problems& settled,
                                        const ItemRow& row) {
  if (is_failed(result)) return failed_cells(result, problems, row);
  if (result.whole) return ledger_.number(result.coverage);
  CellSums cells = row.cells;
  SG_TRY(ledger_.erase_kinds(cells, result.whole_kinds));
  for (const auto& [key, problem] : settled) {
    if (is_whole_kind(result, problem.kind)) continue;
    SG_ASSIGN(const CellSums counted, ledger_.number(problem));
    subtract_cells(cells, counted);
  }
  const bool counts = counts_again(result, before, row);
  for (const CoverageCell& cell : result.coverage) {
    if (!counts && !is_whole_kind(result, cell.kind)) continue;
    SG_ASSIGN(const CellSums more, ledger_.number({cell}));
    add_cells(cells, more);
  }
  // Sums of items and scopes must stay equal: what the item's cells can not hold is dropped here.
  return decode_cells(encode_cells(cells));
}

Result<CellSums> BatchWriter::failed_cells(const ItemResult& result, const Problems& problems,
                                           const ItemRow& row) {
  // What was scanned will be read again and counted then; what was not counts once, now.
  CellSums cells = row.cells;
  SG_ASSIGN(const CellSums reported, ledger_.number(result.coverage));
  std::set<ProblemKey> counted;
  for (const PartProblem& problem : result.problems) {
    if (problems.contains(key_of(problem)) || !counted.insert(key_of(problem)).second) continue;
    SG_ASSIGN(const CellSums one, ledger_.number(problem));
    if (reported.contains(one.begin()->first)) add_cells(cells, one);
  }
  return cells;
}

Status BatchWriter::write_problems(const ItemResult& result, const Problems& problems,
                                   const Problems& settled, ItemRow& row) {
  std::set<ProblemKey> kept;
  for (const auto& [key, problem] : problems) {
    if (!settled.contains(key)) kept.insert(key);
  }
  if (kept.empty() && !settled.empty()) {
    SG_TRY(run(connection_, "DELETE FROM part_problems WHERE item_id = $1", row.id));
  } else {
    for (const auto& [key, problem] : settled) {
      SG_TRY(run(connection_,
                 "DELETE FROM part_problems WHERE item_id = $1 AND kind = $2 AND "
                 "content_id = $3 AND version = $4 AND reason = $5",
                 row.id, problem.kind, problem.content_id, problem.version, problem.reason));
    }
  }
  for (const PartProblem& problem : result.problems) {
    SG_TRY(run(connection_,
               "INSERT INTO part_problems (item_id, kind, content_id, version, reason, status, "
               "detail, bytes, scope_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) "
               "ON CONFLICT (item_id, kind, content_id, version, reason) DO UPDATE SET "
               "status = excluded.status, detail = excluded.detail, bytes = excluded.bytes",
               row.id, problem.kind, problem.content_id, problem.version, problem.reason,
               static_cast<int>(problem.status), problem.detail, problem.bytes, batch_.scope_id));
    kept.insert(key_of(problem));
  }
  row.problem_rows = static_cast<int64_t>(kept.size());
  return {};
}

}  // namespace spillguard::store
