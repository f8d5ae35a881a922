#include "store/move_store.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/crypto.h"
#include "store/sql.h"

namespace spillguard::store {
namespace move_store_detail {
namespace {

// In an order that their references allow. Not here: sums, which the new store's triggers make, and
// what belongs to processes and browsers of now.
constexpr std::array<std::string_view, 28> kTables = {
    "settings",      "sites",          "rules_versions",
    "rule_names",    "scopes",         "items",
    "contents",      "findings",       "documents",
    "attachments",   "coverage_kinds", "scope_coverage",
    "part_problems", "reviews",        "jobs",
    "job_fence",     "job_failures",   "ended_jobs",
    "audit",         "rule_switches",  "entity_permissions",
    "custom_rules",  "rule_set_rules", "scope_items",
    "finding_sums",  "audit_sums",     "review_sums",
    "nodes"};
constexpr std::array<std::string_view, 8> kNotCopied = {"scope_items", "finding_sums", "audit_sums",
                                                        "review_sums", "nodes",        "leases",
                                                        "sessions",    "site_shares"};

struct Column {
  std::string name;
  char type = 't';  // i(nteger), b(lob), t(ext)
};
struct Table {
  std::string name;
  std::vector<Column> columns;
};

bool is_copied(std::string_view table) {
  return std::find(kNotCopied.begin(), kNotCopied.end(), table) == kNotCopied.end();
}

// A table that nobody here knows must not be left behind.
Result<std::vector<Table>> read_tables(db::Connection& connection) {
  std::vector<Table> tables;
  for (const std::string_view name : kTables) {
    if (is_copied(name)) tables.push_back({std::string(name), {}});
  }
  SG_ASSIGN(auto names,
            connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND "
                               "name NOT LIKE 'sqlite%' AND name <> "
                               "'schema_migrations'"));
  while (true) {
    SG_ASSIGN(const bool more, names->step());
    if (!more) break;
    const std::string name(names->text(0));
    const bool known = std::any_of(tables.begin(), tables.end(),
                                   [&](const Table& table) { return table.name == name; });
    if (!known && is_copied(name)) tables.push_back({name, {}});
  }
  for (Table& table : tables) {
    SG_ASSIGN(auto columns, bound(connection, "SELECT name, type FROM pragma_table_info($1)",
                                  std::string_view(table.name)));
    while (true) {
      SG_ASSIGN(const bool more, columns->step());
      if (!more) break;
      const std::string_view type = columns->text(1);
      table.columns.push_back({std::string(columns->text(0)), type == "INTEGER" ? 'i'
                                                              : type == "BLOB"  ? 'b'
                                                                                : 't'});
    }
    if (table.columns.empty()) {
      return fail(Code::kInternal, fmt::format("the store has no table {}", table.name));
    }
  }
  return tables;
}

std::string column_list(const Table& table) {
  std::vector<std::string> names;
  for (const Column& column : table.columns) names.push_back('"' + column.name + '"');
  return fmt::format("{}", fmt::join(names, ", "));
}

void bind_cell(db::Statement& to, int index, const Column& column, const db::Statement& row,
               int at) {
  if (row.is_null(at)) {
    to.bind_null(index);
  } else if (column.type == 'i') {
    to.bind(index, row.integer(at));
  } else if (column.type == 'b') {
    to.bind_blob(index, row.blob(at));
  } else {
    to.bind(index, row.text(at));
  }
}

void add_cell(std::string& out, const Column& column, const db::Statement& row, int at) {
  if (row.is_null(at)) {
    out += "n|";
    return;
  }
  const std::string value = column.type == 'i'   ? std::to_string(row.integer(at))
                            : column.type == 'b' ? std::string(row.blob(at))
                                                 : std::string(row.text(at));
  out += fmt::format("{}{}:", column.type, value.size());
  out += value;
}

uint64_t row_sum(const std::string& row) {
  const std::string hash = content_hash(row);  // hex
  uint64_t value = 0;
  for (size_t i = 0; i < 16; ++i) {
    const char c = hash[i];
    value = value << 4 | static_cast<uint64_t>(c <= '9' ? c - '0' : c - 'a' + 10);
  }
  return value;
}

// Rows come all at once from PostgreSQL, so there by a cursor.
template <typename Each>
Status each_row(db::Connection& connection, const Table& table, const Each& each) {
  const std::string select = fmt::format("SELECT {} FROM {}", column_list(table), table.name);
  const std::string name = "rows_of_" + table.name;
  const bool cursor = connection.dialect() == db::Dialect::kPostgres;
  if (cursor)
    SG_TRY(connection.execute(fmt::format("DECLARE {} NO SCROLL CURSOR FOR {}", name, select)));
  SG_ASSIGN(auto rows, connection.prepare(cursor ? "FETCH 2000 FROM " + name : select));
  for (bool any = true; any;) {
    any = false;
    rows->reset();
    while (true) {
      SG_ASSIGN(const bool more, rows->step());
      if (!more) break;
      any = cursor;
      SG_TRY(each(*rows));
    }
  }
  rows.reset();
  return cursor ? connection.execute("CLOSE " + name) : Status();
}

Result<TableSum> sum_table(db::Connection& connection, const Table& table) {
  TableSum out{.table = table.name};
  std::string text;
  SG_TRY(each_row(connection, table, [&](const db::Statement& row) -> Status {
    text.clear();
    for (size_t i = 0; i < table.columns.size(); ++i) {
      add_cell(text, table.columns[i], row, static_cast<int>(i));
    }
    out.sum += row_sum(text);
    ++out.rows;
    return {};
  }));
  return out;
}

std::string insert_sql(const Table& table, size_t rows) {
  std::string sql = fmt::format("INSERT INTO {} ({}) VALUES ", table.name, column_list(table));
  int parameter = 0;
  for (size_t row = 0; row < rows; ++row) {
    sql += row == 0 ? "(" : ", (";
    for (size_t i = 0; i < table.columns.size(); ++i) {
      sql += fmt::format("{}${}", i == 0 ? "" : ", ", ++parameter);
    }
    sql += ')';
  }
  return sql;
}

Status copy_table(db::Connection& from, db::Connection& to, const Table& table) {
  constexpr size_t kRowsAtOnce = 100;
  if (table.name == "job_fence") SG_TRY(to.execute("DELETE FROM job_fence"));
  const auto width = static_cast<int>(table.columns.size());
  SG_ASSIGN(auto many, to.prepare(insert_sql(table, kRowsAtOnce)));
  SG_ASSIGN(auto one, to.prepare(insert_sql(table, 1)));
  // The rows of the last, incomplete batch go one by one: how many there are is counted first.
  SG_ASSIGN(const int64_t rows, number_or(from, 0, "SELECT count(*) FROM " + table.name));
  const auto batches = rows / static_cast<int64_t>(kRowsAtOnce) * static_cast<int64_t>(kRowsAtOnce);
  int64_t done = 0;
  return each_row(from, table, [&](const db::Statement& row) -> Status {
    const bool batched = done < batches;
    const int first =
        batched ? static_cast<int>(done % static_cast<int64_t>(kRowsAtOnce)) * width : 0;
    db::Statement& statement = batched ? *many : *one;
    for (int i = 0; i < width; ++i) {
      bind_cell(statement, first + i + 1, table.columns[static_cast<size_t>(i)], row, i);
    }
    ++done;
    if (batched && done % static_cast<int64_t>(kRowsAtOnce) != 0) return {};
    return statement.run();
  });
}

// Numbers that were given out are not given out again. Fencing numbers are a value and a sequence
// in PostgreSQL, and a value alone in SQLite.
Status continue_numbers_in_sqlite(db::Connection& from, db::Connection& to, const Table& table) {
  if (table.name == "job_fence") {
    SG_ASSIGN(const int64_t drawn,
              number_or(from, 0,
                        "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM "
                        "job_fence_numbers"));
    return run(to, "UPDATE job_fence SET value = value + $1", drawn);
  }
  if (table.columns.front().name != "id") return {};
  SG_ASSIGN(const int64_t given,
            number_or(from, 0,
                      "SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence($1, "
                      "'id')::regclass), 0)",
                      std::string_view(table.name)));
  SG_ASSIGN(const int64_t counts,
            number_or(to, 0,
                      "SELECT count(*) FROM sqlite_schema WHERE name = $1 AND sql LIKE "
                      "'%AUTOINCREMENT%'",
                      std::string_view(table.name)));
  if (counts == 0) return {};
  SG_TRY(run(to,
             "INSERT INTO sqlite_sequence (name, seq) SELECT $1, 0 WHERE NOT EXISTS (SELECT 1 FROM "
             "sqlite_sequence WHERE name = $1)",
             std::string_view(table.name)));
  return run(to, "UPDATE sqlite_sequence SET seq = max(seq, $2) WHERE name = $1",
             std::string_view(table.name), given);
}

Status continue_numbers(db::Connection& from, db::Connection& to, const Table& table) {
  if (to.dialect() == db::Dialect::kSqlite) return continue_numbers_in_sqlite(from, to, table);
  if (table.columns.front().name != "id") return {};
  SG_ASSIGN(const int64_t used,
            number_or(from, 0, "SELECT coalesce(max(id), 0) FROM " + table.name));
  int64_t given = 0;
  SG_ASSIGN(
      const int64_t counted,
      number_or(from, 0, "SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_sequence'"));
  if (counted > 0) {
    SG_ASSIGN(given, number_or(from, 0, "SELECT seq FROM sqlite_sequence WHERE name = $1",
                               std::string_view(table.name)));
  }
  SG_ASSIGN(auto s, to.prepare("SELECT setval(pg_get_serial_sequence($1, 'id'), $2)"));
  return s->bind(1, table.name).bind(2, std::max<int64_t>({1, used, given})).run();
}

Result<std::string> schema_of(db::Connection& connection) {
  std::string out;
  SG_ASSIGN(auto rows,
            connection.prepare("SELECT version, name FROM schema_migrations ORDER BY version"));
  while (true) {
    SG_ASSIGN(const bool more, rows->step());
    if (!more) return out;
    out += fmt::format("{} {}\n", rows->integer(0), rows->text(1));
  }
}

Status copy_all(db::Connection& from, db::Connection& to, std::vector<TableSum>& sums) {
  SG_ASSIGN(const std::string theirs, schema_of(from));
  SG_ASSIGN(const std::string ours, schema_of(to));
  if (theirs != ours) {
    return fail(Code::kConflict,
                "the two stores are of different versions: let one release open both");
  }
  SG_ASSIGN(const auto tables, read_tables(from.dialect() == db::Dialect::kSqlite ? from : to));
  for (const Table& table : tables) {
    if (table.name == "job_fence") continue;
    SG_ASSIGN(const int64_t there, number_or(to, 0, "SELECT count(*) FROM " + table.name));
    if (there > 0) {
      return fail(Code::kConflict, fmt::format("the new store is not empty: its table {} holds {} "
                                               "rows; name a new database",
                                               table.name, there));
    }
  }
  sums.clear();
  for (const Table& table : tables) {
    SG_TRY(copy_table(from, to, table));
    SG_ASSIGN(auto before, sum_table(from, table));
    SG_ASSIGN(const auto after, sum_table(to, table));
    if (before != after) {
      return fail(Code::kCorrupt,
                  fmt::format("the copy of {} differs: {} rows, {} in the copy; nothing was kept",
                              table.name, before.rows, after.rows));
    }
    if (table.name != "ended_jobs") SG_TRY(continue_numbers(from, to, table));
    sums.push_back(std::move(before));
  }
  return {};
}

}  // namespace
}  // namespace move_store_detail

Result<std::vector<TableSum>> move_store(db::Database& from, db::Database& to) {
  if (from.dialect() == to.dialect()) {
    return fail(Code::kInvalidArgument, "a store moves from SQLite to PostgreSQL or back");
  }
  std::vector<TableSum> sums;
  SG_TRY(to.write_alone([&](db::Connection& target) {
    return from.read(
        [&](db::Connection& source) { return move_store_detail::copy_all(source, target, sums); });
  }));
  return sums;
}

}  // namespace spillguard::store
