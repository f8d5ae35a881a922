// SQLite's result codes in our words. Internal to the module.
#pragma once

#include <string_view>

#include "base/error.h"

struct sqlite3;

namespace spillguard::db {

// The Error for a result code (primary or extended) while running `sql` on the database at `path`.
// `connection` may be null. Never holds a bound value.
Error sqlite_error(sqlite3* connection, int code, std::string_view path, std::string_view sql);

}  // namespace spillguard::db
