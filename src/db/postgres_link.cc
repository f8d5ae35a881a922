#include "db/postgres_link.h"

#include <fmt/format.h>

#include <utility>

#include "base/strings.h"

namespace spillguard::db {
namespace postgres_link_detail {
namespace {

constexpr int kOldestServer = 130000;  // PostgreSQL 13
constexpr size_t kPreparedKept = 300;

std::string key_of(const std::string& sql, const std::vector<PostgresParameter>& parameters) {
  std::string key = sql;
  for (const auto& parameter : parameters) key += '\x01' + std::to_string(parameter.type);
  return key;
}

void drop_notice(void* /*unused*/, const char* /*message*/) {}

}  // namespace
}  // namespace postgres_link_detail

namespace own_link = postgres_link_detail;

Result<std::shared_ptr<PostgresLink>> PostgresLink::open(const PostgresAddress& address) {
  std::vector<const char*> keys;
  std::vector<const char*> values;
  for (const auto& [key, value] : address.words) {
    keys.push_back(key.c_str());
    values.push_back(value.c_str());
  }
  std::string password(address.password.reveal());
  if (!password.empty()) {
    keys.push_back("password");
    values.push_back(password.c_str());
  }
  keys.push_back(nullptr);
  values.push_back(nullptr);
  PGconn* const connection = pq().connect(keys.data(), values.data(), 0);
  wipe(password.data(), password.size());
  std::shared_ptr<PostgresLink> link(new PostgresLink(connection, address.name));
  if (connection == nullptr || pq().status(connection) != CONNECTION_OK) {
    return fail(lost_connection(connection, address.name));
  }
  SG_TRY(link->set_up());
  return link;
}

PostgresLink::PostgresLink(PGconn* connection, std::string name)
    : connection_(connection), name_(std::move(name)) {}

PostgresLink::~PostgresLink() {
  if (connection_ != nullptr) pq().finish(connection_);
}

Status PostgresLink::set_up() {
  pq().set_notice_processor(connection_, own_link::drop_notice, nullptr);
  const int version = pq().server_version(connection_);
  if (version < own_link::kOldestServer) {
    return fail(Code::kUnsupported,
                fmt::format("database {}: the server is PostgreSQL {}, ours must be 13 or newer",
                            name_, version / 10000));
  }
  // Reading a small table from end to end would make every change of it a conflict with ours
  // (predicate locks are on what was read), so indexes are used wherever there is one.
  SG_TRY(
      execute("SET client_encoding = 'UTF8'; SET enable_seqscan = off; SET jit = off; SET "
              "lock_timeout = '60s'; "
              "SET idle_in_transaction_session_timeout = '10min'; SET standard_conforming_strings "
              "= on"));
  SG_ASSIGN(const auto encoding, execute("SHOW server_encoding"));
  if (std::string_view(pq().value(encoding.get(), 0, 0)) != "UTF8") {
    return fail(Code::kUnsupported,
                fmt::format("database {}: its encoding is not UTF8; create it with ENCODING 'UTF8'",
                            name_));
  }
  return {};
}

bool PostgresLink::in_transaction() const {
  const auto status = pq().transaction_status(connection_);
  return status == PQTRANS_INTRANS || status == PQTRANS_INERROR || status == PQTRANS_ACTIVE;
}

void PostgresLink::clear_trouble() {
  trouble_ = Trouble::kNone;
  state_.clear();
}

Result<PostgresResult> PostgresLink::check(PGresult* raw, std::string_view sql) {
  PostgresResult result(raw);
  const auto status = raw == nullptr ? PGRES_FATAL_ERROR : pq().result_status(raw);
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
    const std::string_view command = pq().command(raw);
    if (!command.starts_with("SELECT")) {
      changes_ = parse_int(pq().changed(raw)).value_or(0);
    }
    return result;
  }
  if (status == PGRES_EMPTY_QUERY) {
    return fail(Code::kInternal, "SQL statement without words");
  }
  const char* found = raw == nullptr ? nullptr : pq().error_field(raw, PG_DIAG_SQLSTATE);
  const std::string state = found == nullptr ? "" : found;
  Trouble trouble = trouble_of(state);
  if (pq().status(connection_) != CONNECTION_OK) trouble = Trouble::kLost;
  // After the first failure of a transaction the server refuses all else (25P02).
  if (trouble > trouble_) {
    trouble_ = trouble;
    state_ = state;
  }
  if (state.empty()) return fail(lost_connection(connection_, name_));
  return fail(postgres_error(raw, name_, sql));
}

Result<PostgresResult> PostgresLink::execute(std::string_view sql) {
  return check(pq().exec(connection_, std::string(sql).c_str()), sql);
}

Status PostgresLink::copy(std::string_view target, const CopyRows& rows) {
  const std::string sql = fmt::format("COPY {} FROM STDIN", target);
  PGresult* const begun = pq().exec(connection_, sql.c_str());
  if (begun == nullptr || pq().result_status(begun) != PGRES_COPY_IN) {
    SG_TRY(check(begun, sql));
    return fail(Code::kInternal, "the server takes no COPY: " + sql);
  }
  pq().clear(begun);
  // Pieces, because lengths are ints. What goes wrong on the way is in the results.
  constexpr size_t kPiece = 1 << 20;
  const std::string_view text = rows.text();
  bool sent = true;
  for (size_t at = 0; sent && at < text.size(); at += kPiece) {
    const std::string_view piece = text.substr(at, kPiece);
    sent = pq().put_copy_data(connection_, piece.data(), static_cast<int>(piece.size())) == 1;
  }
  if (sent) sent = pq().put_copy_end(connection_, nullptr) == 1;
  Status status;
  bool answered = false;
  while (PGresult* const result = pq().get_result(connection_)) {
    answered = true;
    // A connection that broke may stay in the state of copying for ever.
    const bool stuck = pq().result_status(result) == PGRES_COPY_IN;
    if (const auto checked = check(result, sql); !checked && status) status = fail(checked.error());
    if (stuck) break;
  }
  if (!answered || (!sent && status)) SG_TRY(check(nullptr, sql));
  return status;
}

Result<std::string> PostgresLink::prepared(const std::string& sql,
                                           const std::vector<PostgresParameter>& parameters) {
  std::string key = own_link::key_of(sql, parameters);
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    prepared_.splice(prepared_.begin(), prepared_, found->second);
    return prepared_.front().name;
  }
  if (prepared_.size() >= own_link::kPreparedKept) {
    const std::string oldest = prepared_.back().name;
    by_key_.erase(prepared_.back().key);
    prepared_.pop_back();
    SG_TRY(execute("DEALLOCATE " + oldest));
  }
  std::string name = fmt::format("s{}", next_name_++);
  std::vector<Oid> types;
  types.reserve(parameters.size());
  for (const auto& parameter : parameters) types.push_back(parameter.type);
  SG_TRY(check(pq().prepare(connection_, name.c_str(), sql.c_str(), static_cast<int>(types.size()),
                            types.data()),
               sql));
  prepared_.push_front({std::move(key), name});
  by_key_.emplace(prepared_.front().key, prepared_.begin());
  return name;
}

Result<PostgresResult> PostgresLink::run(const std::string& sql,
                                         const std::vector<PostgresParameter>& parameters) {
  SG_ASSIGN(const std::string name, prepared(sql, parameters));
  std::vector<const char*> values;
  std::vector<int> lengths;
  std::vector<int> formats;
  for (const auto& parameter : parameters) {
    values.push_back(parameter.is_null ? nullptr : parameter.bytes.c_str());
    lengths.push_back(static_cast<int>(parameter.bytes.size()));
    formats.push_back(parameter.binary ? 1 : 0);
  }
  return check(pq().exec_prepared(connection_, name.c_str(), static_cast<int>(parameters.size()),
                                  values.data(), lengths.data(), formats.data(), 1),
               sql);
}

}  // namespace spillguard::db
