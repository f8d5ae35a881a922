#include "db/postgres_statement.h"

#include <fmt/format.h>

#include <utility>

#include "base/strings.h"
#include "db/postgres_value.h"

namespace spillguard::db {
namespace postgres_statement_detail {
namespace {

constexpr size_t kMostParameters = 32766;

// Which of $1, $2 … stand in the SQL, outside of quoted text.
std::vector<bool> find_parameters(std::string_view sql) {
  std::vector<bool> used;
  bool quoted = false;
  for (size_t i = 0; i < sql.size(); ++i) {
    if (sql[i] == '\'') quoted = !quoted;
    if (quoted || sql[i] != '$') continue;
    size_t number = 0;
    while (i + 1 < sql.size() && sql[i + 1] >= '0' && sql[i + 1] <= '9' &&
           number <= kMostParameters) {
      number = number * 10 + static_cast<size_t>(sql[++i] - '0');
    }
    if (number == 0 || number > kMostParameters) continue;
    if (used.size() < number) used.resize(number, false);
    used[number - 1] = true;
  }
  return used;
}

}  // namespace
}  // namespace postgres_statement_detail

PostgresStatement::PostgresStatement(std::shared_ptr<PostgresLink> link, std::string sql)
    : link_(std::move(link)),
      sql_(std::move(sql)),
      used_(postgres_statement_detail::find_parameters(sql_)) {
  ++link_->in_use;
  parameters_.resize(used_.size());
  bound_.assign(used_.size(), false);
}

PostgresStatement::~PostgresStatement() { --link_->in_use; }

Statement& PostgresStatement::put(int index, PostgresParameter parameter) {
  if (result_ != nullptr) reset();
  const auto slot = static_cast<size_t>(index - 1);
  if (index < 1 || slot >= used_.size() || !used_[slot]) {
    if (misuse_.empty()) misuse_ = fmt::format("there is no parameter ${}", index);
    return *this;
  }
  parameters_[slot] = std::move(parameter);
  bound_[slot] = true;
  return *this;
}

Statement& PostgresStatement::bind(int index, int64_t value) {
  return put(index, {kOidInt8, false, true, encode_int8(value)});
}

Statement& PostgresStatement::bind(int index, double value) {
  return put(index, {kOidFloat8, false, true, encode_float8(value)});
}

// Without a type: it may stand for a number, as in SQLite, or for a condition.
Statement& PostgresStatement::bind(int index, bool value) {
  return put(index, {kOidUnknown, false, false, value ? "1" : "0"});
}

Statement& PostgresStatement::bind(int index, std::string_view text) {
  return put(index, {kOidText, false, true, encode_text(text)});
}

Statement& PostgresStatement::bind_blob(int index, std::string_view bytes) {
  return put(index, {kOidBytea, false, true, std::string(bytes)});
}

Statement& PostgresStatement::bind_null(int index) { return put(index, {}); }

Result<bool> PostgresStatement::step() {
  if (done_) return false;
  if (result_ == nullptr) {
    for (size_t slot = 0; slot < bound_.size() && misuse_.empty(); ++slot) {
      if (used_[slot] && !bound_[slot])
        misuse_ = fmt::format("parameter ${} was not bound", slot + 1);
    }
    if (!misuse_.empty()) {
      return fail(Code::kInternal,
                  fmt::format("SQL statement: {} in: {}", misuse_, sql_.substr(0, 160)));
    }
    row_ = -1;
    SG_ASSIGN(result_, link_->run(sql_, parameters_));
  }
  ++row_;
  if (row_ < pq().rows(result_.get())) return true;
  done_ = true;
  return false;
}

Status PostgresStatement::run() {
  reset();
  SG_TRY(step());
  reset();
  return {};
}

void PostgresStatement::reset() {
  result_.reset();
  row_ = -1;
  done_ = false;
}

std::string_view PostgresStatement::bytes(int column) const {
  SG_CHECK(result_ != nullptr && row_ >= 0 && row_ < pq().rows(result_.get()));
  SG_CHECK(column >= 0 && column < pq().columns(result_.get()));
  return {pq().value(result_.get(), row_, column),
          static_cast<size_t>(pq().length(result_.get(), row_, column))};
}

uint32_t PostgresStatement::type(int column) const {
  return pq().column_type(result_.get(), column);
}

bool PostgresStatement::is_null(int column) const {
  (void)bytes(column);
  return pq().is_null(result_.get(), row_, column) != 0;
}

int64_t PostgresStatement::integer(int column) const {
  return decode_integer(type(column), bytes(column));
}

double PostgresStatement::number(int column) const {
  return decode_number(type(column), bytes(column));
}

std::string_view PostgresStatement::text(int column) const {
  const std::string_view value = bytes(column);
  switch (type(column)) {
    case kOidBool:
    case kOidInt2:
    case kOidInt4:
    case kOidInt8:
    case kOidNumeric:
      if (is_null(column)) return {};
      shown_ = std::to_string(decode_integer(type(column), value));
      return shown_;
    default:
      return value;
  }
}

std::string_view PostgresStatement::blob(int column) const { return bytes(column); }

}  // namespace spillguard::db
