// Logins of the web interface, known to all nodes. What opens a credential is not here: the browser
// has it (api/session.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/crypto.h"
#include "base/time.h"
#include "db/database.h"

namespace spillguard::store {

struct Session {
  Fingerprint id;  // keyed hash of the browser's part
  int64_t site_id = 0;
  std::string user = {};
  std::string credential = {};  // sealed
  TimeMs created_at = 0;
  TimeMs used_at = 0;
  TimeMs expires_at = 0;  // however much it is used
  // Not used for so long, it ends before that.
  static constexpr int64_t kIdleMs = INT64_C(60) * 60 * 1000;
};

// In the caller's transaction, beside the audit event. Those that ran out go with it.
Status add_session(db::Connection& connection, const Session& session, TimeMs now);
// Whether there was one.
Result<bool> end_session(db::Connection& connection, int64_t site_id, const Fingerprint& id);
// All of them: their credentials open under no other installation key.
Status end_all_sessions(db::Connection& connection);

class Sessions {
 public:
  explicit Sessions(db::Database& database) : database_(database) {}
  // One that has not ended; marks it as used, every few minutes.
  Result<std::optional<Session>> find(int64_t site_id, const Fingerprint& id, TimeMs now);

 private:
  db::Database& database_;
};

}  // namespace spillguard::store
