// Statement over a PostgresLink. The rows come all at once with the first step: queries are bounded
// by their callers. Internal to the module.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "db/database.h"
#include "db/postgres_link.h"

namespace spillguard::db {

class PostgresStatement final : public Statement {
 public:
  PostgresStatement(std::shared_ptr<PostgresLink> link, std::string sql);
  PostgresStatement(const PostgresStatement&) = delete;
  PostgresStatement& operator=(const PostgresStatement&) = delete;
  ~PostgresStatement() override;

  using Statement::bind;
  Statement& bind(int index, int64_t value) override;
  Statement& bind(int index, double value) override;
  Statement& bind(int index, bool value) override;
  Statement& bind(int index, std::string_view text) override;
  Statement& bind_blob(int index, std::string_view bytes) override;
  Statement& bind_null(int index) override;

  Result<bool> step() override;
  Status run() override;
  void reset() override;

  [[nodiscard]] bool is_null(int column) const override;
  [[nodiscard]] int64_t integer(int column) const override;
  [[nodiscard]] double number(int column) const override;
  [[nodiscard]] std::string_view text(int column) const override;
  [[nodiscard]] std::string_view blob(int column) const override;

 private:
  Statement& put(int index, PostgresParameter parameter);
  [[nodiscard]] std::string_view bytes(int column) const;
  [[nodiscard]] uint32_t type(int column) const;

  std::shared_ptr<PostgresLink> link_;
  std::string sql_;
  std::vector<PostgresParameter> parameters_;
  std::vector<bool> used_;   // by the SQL
  std::vector<bool> bound_;  // by the same order
  std::string misuse_;
  PostgresResult result_;
  int row_ = -1;
  bool done_ = false;
  mutable std::string shown_;  // a number that was asked for as text
};

}  // namespace spillguard::db
