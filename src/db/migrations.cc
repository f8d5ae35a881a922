#include "db/migrations.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "base/crypto.h"
#include "base/strings.h"
#include "base/time.h"

namespace spillguard::db {
namespace {

struct AppliedMigration {
  std::string name;
  std::string checksum;
};

Result<std::map<int, AppliedMigration>> read_applied(Connection& connection) {
  const bool strict = connection.dialect() == Dialect::kSqlite;
  SG_TRY(connection.execute(
      fmt::format("CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, name "
                  "TEXT NOT NULL, checksum TEXT NOT NULL, applied_at {} NOT NULL){}",
                  strict ? "INTEGER" : "BIGINT", strict ? " STRICT" : "")));
  SG_ASSIGN(auto statement,
            connection.prepare("SELECT version, name, checksum FROM schema_migrations"));
  std::map<int, AppliedMigration> applied;
  while (true) {
    SG_ASSIGN(const bool row, statement->step());
    if (!row) return applied;
    applied[static_cast<int>(statement->integer(0))] = {std::string(statement->text(1)),
                                                        std::string(statement->text(2))};
  }
}

Status compare(const std::map<int, AppliedMigration>& applied, std::span<const Migration> ours) {
  const int newest = ours.empty() ? 0 : ours.back().version;
  for (const auto& [version, migration] : applied) {
    if (version > newest) {
      return fail(
          Code::kUnsupported,
          fmt::format("the database's schema has version {} ({}), this program knows versions "
                      "up to {}: run the program that wrote it or a newer one, or restore the "
                      "backup from before its update",
                      version, migration.name, newest));
    }
    const auto same = std::find_if(ours.begin(), ours.end(),
                                   [&](const Migration& m) { return m.version == version; });
    if (same == ours.end() || content_hash(same->sql) != migration.checksum) {
      return fail(
          Code::kCorrupt,
          fmt::format("migration {} ({}) of the database is not the one that this program "
                      "has (its check sum differs): run the release that made the database, or "
                      "restore a backup that a release made",
                      version, migration.name));
    }
  }
  return {};
}

// One step: the first migration that is missing. Everything is read again inside the transaction,
// because another process may have applied it while we waited for the lock.
Status apply_next(Connection& connection, std::span<const Migration> ours, bool& finished) {
  SG_ASSIGN(const auto applied, read_applied(connection));
  SG_TRY(compare(applied, ours));
  const auto next = std::find_if(ours.begin(), ours.end(),
                                 [&](const Migration& m) { return !applied.contains(m.version); });
  finished = next == ours.end();
  if (finished) return {};
  if (auto status = connection.execute(next->sql); !status) {
    return fail(std::move(status).error().context(
        fmt::format("migration {} ({})", next->version, next->name)));
  }
  SG_ASSIGN(auto statement, connection.prepare("INSERT INTO schema_migrations (version, name, "
                                               "checksum, applied_at) VALUES ($1, $2, $3, $4)"));
  return statement->bind(1, next->version)
      .bind(2, next->name)
      .bind(3, content_hash(next->sql))
      .bind(4, now_ms())
      .run();
}

}  // namespace

Result<std::vector<Migration>> list_migrations(std::span<const embedded::EmbeddedFile> files) {
  std::vector<Migration> out;
  for (const auto& file : files) {
    std::string_view name = file.name;
    const auto number = name.size() > 5 ? parse_int(name.substr(0, 4)) : std::nullopt;
    if (!number || *number < 1 || name[4] != '_' || !name.ends_with(".sql")) {
      return fail(Code::kInternal,
                  fmt::format("migration file {}: names are NNNN_name.sql, from 0001 on", name));
    }
    name.remove_prefix(5);
    name.remove_suffix(4);
    out.push_back({static_cast<int>(*number), name, file.data});
  }
  std::sort(out.begin(), out.end(),
            [](const Migration& a, const Migration& b) { return a.version < b.version; });
  for (size_t i = 1; i < out.size(); ++i) {
    if (out[i - 1].version == out[i].version) {
      return fail(Code::kInternal, fmt::format("migrations {} and {} have the same number {:04}",
                                               out[i - 1].name, out[i].name, out[i].version));
    }
  }
  return out;
}

Status apply_migrations(Database& database, std::span<const Migration> ours) {
  bool finished = false;
  while (!finished) {
    SG_TRY(database.write_alone([&](Connection& c) { return apply_next(c, ours, finished); }));
  }
  return {};
}

Status migrate(Database& database) {
  SG_ASSIGN(const auto ours, list_migrations(database.dialect() == Dialect::kSqlite
                                                 ? embedded::sqlite_migrations()
                                                 : embedded::postgres_migrations()));
  return apply_migrations(database, ours);
}

}  // namespace spillguard::db
