#include "store/sql.h"
#include "store/store.h"

namespace spillguard::store {
namespace {
constexpr int64_t kEverywhere = 0;  // the scope_id of global reviews
}  // namespace

Status Store::add_review(std::optional<int64_t> scope_id, const Fingerprint& fingerprint,
                         std::string_view rule_name, std::string_view reviewer) {
  const TimeMs now = clock_();
  return database_.write([&](db::Connection& connection) {
    // Who reviewed first stays, unless that review was taken back or ran out.
    return run(connection,
               "INSERT INTO reviews (scope_id, fingerprint, rule_name, reviewer, reviewed_at) "
               "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (scope_id, fingerprint) DO UPDATE SET "
               "rule_name = excluded.rule_name, reviewer = excluded.reviewer, "
               "reviewed_at = excluded.reviewed_at, reason = '', expires_at = 0, revoked_at = 0 "
               "WHERE reviews.revoked_at <> 0 OR "
               "(reviews.expires_at <> 0 AND reviews.expires_at <= $5)",
               scope_id.value_or(kEverywhere), Blob{fingerprint.raw()}, rule_name, reviewer, now);
  });
}

Result<bool> Store::remove_review(std::optional<int64_t> scope_id, const Fingerprint& fingerprint) {
  const TimeMs now = clock_();
  bool removed = false;
  SG_TRY(database_.write([&](db::Connection& connection) -> Status {
    SG_TRY(run(connection,
               "UPDATE reviews SET revoked_at = $3 WHERE scope_id = $1 AND fingerprint = $2 AND "
               "revoked_at = 0 AND (expires_at = 0 OR expires_at > $3)",
               scope_id.value_or(kEverywhere), Blob{fingerprint.raw()}, now));
    removed = connection.changes() > 0;
    return {};
  }));
  return removed;
}

}  // namespace spillguard::store
