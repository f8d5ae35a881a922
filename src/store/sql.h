// Shorthand for statements: prepared and bound in one call. Internal to this module.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "db/database.h"

namespace spillguard::store {

// A parameter that is bytes, not text.
struct Blob {
  std::string_view bytes;
};

using StatementPtr = std::shared_ptr<db::Statement>;  // shared with the connection's cache

namespace internal {
template <typename T>
void bind_one(db::Statement& statement, int index, const T& value) {
  statement.bind(index, value);
}
inline void bind_one(db::Statement& statement, int index, const Blob& value) {
  statement.bind_blob(index, value.bytes);
}
inline void bind_one(db::Statement& statement, int index, const std::optional<Blob>& value) {
  if (value) {
    statement.bind_blob(index, value->bytes);
  } else {
    statement.bind(index, std::optional<int64_t>());
  }
}
}  // namespace internal

// $1, $2 … in order. What is bound must outlive the statement's use.
template <typename... Args>
void bind_all(db::Statement& statement, const Args&... args) {
  int index = 0;
  (internal::bind_one(statement, ++index, args), ...);
}

template <typename... Args>
Result<StatementPtr> bound(db::Connection& connection, std::string_view sql, const Args&... args) {
  SG_ASSIGN(auto statement, connection.prepare(sql));
  bind_all(*statement, args...);
  return statement;
}

// A statement without rows.
template <typename... Args>
Status run(db::Connection& connection, std::string_view sql, const Args&... args) {
  SG_ASSIGN(auto statement, bound(connection, sql, args...));
  return statement->run();
}

// The first column of the first row, or `otherwise` when there is none.
template <typename... Args>
Result<int64_t> number_or(db::Connection& connection, int64_t otherwise, std::string_view sql,
                          const Args&... args) {
  SG_ASSIGN(auto statement, bound(connection, sql, args...));
  SG_ASSIGN(const bool found, statement->step());
  return found ? statement->integer(0) : otherwise;
}

}  // namespace spillguard::store
