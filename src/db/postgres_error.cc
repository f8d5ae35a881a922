#include "db/postgres_error.h"

#include <fmt/format.h>

#include <array>
#include <string>

namespace spillguard::db {
namespace postgres_error_detail {
namespace {

struct StateRow {
  std::string_view state;  // SQLSTATE, or the start of it
  Code kind;
  std::string_view way_out;
};

// What each failure means for the people who run the service.
constexpr std::array kStates = {
    StateRow{"25006", Code::kUnavailable,
             "the server can only be read, as a standby: name the server that can be written, or "
             "all of them with target_session_attrs=read-write"},
    StateRow{"40", Code::kUnavailable, "others were in the way; try again in a moment"},
    StateRow{"55P03", Code::kUnavailable, "another session keeps it locked; try again"},
    StateRow{"53100", Code::kIo, "the server's disk is full; free space on its volume"},
    StateRow{"53300", Code::kUnavailable,
             "the server takes no more connections; raise its max_connections or lower ours"},
    StateRow{"53", Code::kUnavailable, "the server is short of resources; look into its log"},
    StateRow{"57014", Code::kTimeout, "the statement was cancelled"},
    StateRow{"57", Code::kUnavailable, "the server is stopping or starting; it is tried again"},
    StateRow{"58", Code::kIo, "the server's system refused; look into its log"},
    StateRow{"08", Code::kUnavailable, "the connection broke; it is tried again"},
    StateRow{"28", Code::kPermissionDenied,
             "the server refused the user or the password; check both and its pg_hba.conf"},
    StateRow{"3D000", Code::kNotFound, "there is no such database on the server; create it"},
    StateRow{"42501", Code::kPermissionDenied,
             "the user may not do this; it must own its schema (docs/operations.md)"},
    StateRow{"XX001", Code::kCorrupt, "the server's data is damaged; restore the last backup"},
    StateRow{"XX002", Code::kCorrupt, "an index of the server is damaged; REINDEX it"},
    StateRow{"22", Code::kInternal, "a value does not fit its column"},
};

std::string field(const PGresult* result, int code) {
  const char* text = pq().error_field(result, code);
  return text == nullptr ? "" : text;
}

std::string start_of(std::string_view sql) {
  constexpr size_t kShown = 160;
  std::string out;
  for (const char c : sql.substr(0, kShown)) out += c == '\n' ? ' ' : c;
  if (sql.size() > kShown) out += " [...]";
  return out;
}

std::string one_line(const char* text) {
  std::string out;
  for (const char* at = text; at != nullptr && *at != '\0'; ++at) out += *at == '\n' ? ' ' : *at;
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

}  // namespace
}  // namespace postgres_error_detail

Trouble trouble_of(std::string_view state) {
  if (state == "40001" || state == "40P01") return Trouble::kConflict;
  // A unique key may collide because another transaction was quicker: the next run sees its row.
  if (state == "23505") return Trouble::kConflict;
  const bool lost = state.empty() || state.starts_with("08") || state == "25006" ||
                    state == "57P01" || state == "57P02" || state == "57P03" || state == "57P05";
  return lost ? Trouble::kLost : Trouble::kNone;
}

Error postgres_error(const PGresult* result, std::string_view database, std::string_view sql) {
  namespace own = postgres_error_detail;
  const std::string state = own::field(result, PG_DIAG_SQLSTATE);
  if (state.starts_with("23")) {
    const bool collides = state == "23505" || state == "23503";
    return {collides ? Code::kConflict : Code::kInternal,
            fmt::format("database {}: {} of {}.{} (SQLSTATE {})", database,
                        state == "23505"   ? "UNIQUE constraint"
                        : state == "23503" ? "FOREIGN KEY constraint"
                        : state == "23502" ? "NOT NULL constraint"
                                           : "constraint",
                        own::field(result, PG_DIAG_TABLE_NAME),
                        state == "23502" ? own::field(result, PG_DIAG_COLUMN_NAME)
                                         : own::field(result, PG_DIAG_CONSTRAINT_NAME),
                        state)};
  }
  for (const auto& row : own::kStates) {
    if (!std::string_view(state).starts_with(row.state)) continue;
    return {row.kind, fmt::format("database {}: {} (SQLSTATE {})", database, row.way_out, state)};
  }
  // Of class 42 (syntax, names) the words speak of our SQL; of others they may hold values.
  const std::string words =
      state.starts_with("42") ? own::field(result, PG_DIAG_MESSAGE_PRIMARY) : "failed";
  return {Code::kInternal, fmt::format("database {}: {} (SQLSTATE {}) in: {}", database, words,
                                       state, own::start_of(sql))};
}

Error lost_connection(const PGconn* connection, std::string_view database) {
  const std::string words = postgres_error_detail::one_line(
      connection == nullptr ? nullptr : pq().error_message(connection));
  return {Code::kUnavailable,
          fmt::format("database {}: no connection{}{}; check that the server runs, its address, "
                      "and its log",
                      database, words.empty() ? "" : ": ", words)};
}

}  // namespace spillguard::db
