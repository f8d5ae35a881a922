// Configuration files in TOML, read with errors that name file, line and key. Every key must be
// asked for: what nobody asked for is an unknown key and refused, so a typing mistake is never
// silent. Not thread-safe; used once at start.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace spillguard {

// One table of a configuration. Getters record the first error; finish() returns it.
class ConfigTable {
 public:
  ConfigTable();
  ~ConfigTable();
  ConfigTable(ConfigTable&&) noexcept;
  ConfigTable& operator=(ConfigTable&&) noexcept;

  // Parses text; `origin` (a path) is what errors name.
  static Result<ConfigTable> parse(std::string_view text, std::string origin);

  std::string string(std::string_view key, std::string fallback);
  std::optional<std::string> string(std::string_view key);
  std::string required_string(std::string_view key);
  int64_t integer(std::string_view key, int64_t fallback, int64_t min, int64_t max);
  double number(std::string_view key, double fallback, double min, double max);
  bool boolean(std::string_view key, bool fallback);
  std::vector<std::string> strings(std::string_view key);
  // A sub-table; an empty one when absent.
  ConfigTable table(std::string_view key);
  // An array of tables ([[key]]).
  std::vector<ConfigTable> tables(std::string_view key);
  // The names of all keys of this table, in order.
  [[nodiscard]] std::vector<std::string> keys() const;
  [[nodiscard]] bool has(std::string_view key) const;
  // "file:line" of a key, for errors of the caller.
  [[nodiscard]] std::string where(std::string_view key) const;
  // Records an error about a key.
  void reject(std::string_view key, std::string_view why);

  // The first error of this table or of those taken from it: a wrong type, a value out of range, a
  // missing or unknown key.
  Status finish();

 private:
  struct State;
  explicit ConfigTable(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;  // shared with the tables taken from it, which report into it
};

}  // namespace spillguard
