// What PostgreSQL's failures mean. Internal to the module.
#pragma once

#include <string_view>

#include "base/error.h"
#include "db/pq_library.h"

namespace spillguard::db {

// What a failure asks of us.
enum class Trouble {
  kNone,      // the statement is wrong, or the data
  kConflict,  // others were in the way: the transaction may be run again
  kLost,      // the connection is of no use any more: make another
};
Trouble trouble_of(std::string_view state);

// The Error for a result that failed. Never holds a value: the server's words are used only where
// they can but name tables, columns and SQL of ours.
Error postgres_error(const PGresult* result, std::string_view database, std::string_view sql);
// The same when there is no result: the connection broke, or never was.
Error lost_connection(const PGconn* connection, std::string_view database);

}  // namespace spillguard::db
