#include "store/sessions.h"

#include "store/sql.h"

namespace spillguard::store {
namespace {

// Every request uses a session; a write for each would be too many.
constexpr int64_t kMarkEveryMs = INT64_C(5) * 60 * 1000;

}  // namespace

Status add_session(db::Connection& connection, const Session& session, TimeMs now) {
  SG_TRY(run(connection, "DELETE FROM sessions WHERE expires_at <= $1 OR used_at <= $2", now,
             now - Session::kIdleMs));
  return run(connection,
             "INSERT INTO sessions (id, site_id, user_name, credential, created_at, used_at, "
             "expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
             Blob{session.id.raw()}, session.site_id, session.user, Blob{session.credential},
             session.created_at, session.used_at, session.expires_at);
}

Result<bool> end_session(db::Connection& connection, int64_t site_id, const Fingerprint& id) {
  SG_TRY(run(connection, "DELETE FROM sessions WHERE id = $1 AND site_id = $2", Blob{id.raw()},
             site_id));
  return connection.changes() > 0;
}

Status end_all_sessions(db::Connection& connection) {
  return run(connection, "DELETE FROM sessions");
}

Result<std::optional<Session>> Sessions::find(int64_t site_id, const Fingerprint& id, TimeMs now) {
  std::optional<Session> session;
  SG_TRY(database_.read([&](db::Connection& connection) -> Status {
    session.reset();
    SG_ASSIGN(auto row, bound(connection,
                              "SELECT user_name, credential, created_at, used_at, expires_at FROM "
                              "sessions WHERE id = $1 AND site_id = $2 AND expires_at > $3 AND "
                              "used_at > $4",
                              Blob{id.raw()}, site_id, now, now - Session::kIdleMs));
    SG_ASSIGN(const bool found, row->step());
    if (!found) return {};
    session = Session{.id = id,
                      .site_id = site_id,
                      .user = std::string(row->text(0)),
                      .credential = std::string(row->blob(1)),
                      .created_at = row->integer(2),
                      .used_at = row->integer(3),
                      .expires_at = row->integer(4)};
    return {};
  }));
  if (session && now - session->used_at >= kMarkEveryMs) {
    SG_TRY(database_.write([&](db::Connection& connection) {
      return run(connection, "UPDATE sessions SET used_at = $2 WHERE id = $1 AND used_at < $2",
                 Blob{id.raw()}, now);
    }));
  }
  return session;
}

}  // namespace spillguard::store
