#include "db/postgres_compact.h"

#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "base/log.h"
#include "base/time.h"

namespace spillguard::db {
namespace postgres_compact {
namespace {

constexpr auto kLook = std::chrono::milliseconds(100);
// A look sees one session after the other. Once one saw nobody, no transaction that old writes any
// more; who took its snapshot from one that ended during that look is seen by the next.
constexpr int kLooks = 2;

Result<std::string> ask(PostgresLink& link, const std::string& sql) {
  SG_ASSIGN(const auto found, link.execute(sql));
  return std::string(pq().rows(found.get()) > 0 ? pq().value(found.get(), 0, 0) : "");
}

// Who keeps rows that were replaced up to the transaction `last` from being thrown away; "" when
// nobody does. What a session of another database sees does not count; but a snapshot taken in this
// one, by VACUUM itself too, begins with the oldest transaction that writes, in whichever database.
Result<std::string> who_sees_before(PostgresLink& link, const std::string& last) {
  return ask(
      link,
      fmt::format("SELECT string_agg(who, ', ') FROM ("
                  "SELECT 'process ' || pid || coalesce(' (' || nullif(backend_type, '') || ')', "
                  "'') || CASE WHEN datname <> current_database() THEN ' of database ' || datname "
                  "ELSE '' END AS who, greatest(age(backend_xid), CASE WHEN datname = "
                  "current_database() OR backend_type = 'walsender' THEN age(backend_xmin) END) "
                  "AS age FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
                  "UNION ALL SELECT 'prepared transaction ' || quote_literal(gid), "
                  "age(transaction) FROM pg_prepared_xacts "
                  "UNION ALL SELECT 'replication slot ' || slot_name, greatest(age(xmin), "
                  "age(catalog_xmin)) FROM pg_replication_slots"
                  ") AS holders WHERE age > age('{}'::xid)",
                  last));
}

// Until nobody sees what was replaced before now.
Status wait_for_older(PostgresLink& link, int64_t wait_ms) {
  SG_ASSIGN(const std::string last, ask(link, "SELECT pg_current_xact_id()::xid"));
  const int64_t give_up = monotonic_ms() + wait_ms;
  bool told = false;
  for (int looks_without = 0; looks_without < kLooks;) {
    SG_ASSIGN(const std::string who, who_sees_before(link, last));
    if (who.empty()) {
      ++looks_without;
      continue;
    }
    looks_without = 0;
    if (monotonic_ms() >= give_up) {
      return fail(Code::kUnavailable,
                  fmt::format("database {}: {}: began before and may still see what was replaced, "
                              "which stays in the server's files therefore; end that, and do this "
                              "once more",
                              link.name(), who));
    }
    if (!told) log::info("waiting for transactions that began before: {}", who);
    told = true;
    std::this_thread::sleep_for(kLook);
  }
  return {};
}

Status may_write_statistics(PostgresLink& link) {
  SG_ASSIGN(const std::string may,
            ask(link,
                "SELECT pg_has_role(datdba, 'USAGE') FROM pg_database WHERE datname = "
                "current_database()"));
  if (may == "t") return {};
  return fail(Code::kInvalidArgument,
              fmt::format("database {}: our role does not own it, so samples of values that were "
                          "replaced may be in its statistics: run VACUUM (FULL) "
                          "pg_catalog.pg_statistic there as its owner",
                          link.name()));
}

}  // namespace
}  // namespace postgres_compact

Status compact_tables(PostgresLink& link, const std::vector<std::string>& tables, int64_t wait_ms) {
  namespace own = postgres_compact;
  Status left = own::wait_for_older(link, wait_ms);
  // Each table by itself, outside of a transaction, as VACUUM wants it.
  for (const std::string& table : tables) {
    SG_TRY(link.execute("VACUUM (FULL, ANALYZE) " + table));
  }
  if (left) left = own::may_write_statistics(link);
  // Statistics that were replaced just now. Who was waited for in vain is not waited for again.
  if (left) left = own::wait_for_older(link, wait_ms);
  const auto rewritten = link.execute("VACUUM (FULL) pg_catalog.pg_statistic");
  if (left && !rewritten) return tl::unexpected(rewritten.error());
  return left;
}

}  // namespace spillguard::db
