#include "store/sealed_text.h"

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/encoding.h"
#include "store/sql.h"

namespace spillguard::store {
namespace sealed_text_detail {
namespace {

// No pattern and no mail begins so.
constexpr std::string_view kMark = "\x01sealed:";

bool is_sealed(std::string_view stored) { return stored.empty() || stored.starts_with(kMark); }

// Where they are: rows by a key that is text in all of them.
struct Place {
  std::string_view purpose;
  std::string_view select;  // key, text
  std::string_view update;  // $1 = key, $2 = text
};

constexpr std::array kPlaces = {
    Place{kRuleText, "SELECT CAST(id AS TEXT), regexp FROM custom_rules",
          "UPDATE custom_rules SET regexp = $2 WHERE CAST(id AS TEXT) = $1"},
    Place{kRuleText, "SELECT CAST(id AS TEXT), description FROM custom_rules",
          "UPDATE custom_rules SET description = $2 WHERE CAST(id AS TEXT) = $1"},
    Place{kMailText,
          "SELECT name, value FROM settings WHERE name LIKE 'api/site/%/customEmailText'",
          "UPDATE settings SET value = $2 WHERE name = $1"},
};

using Rows = std::vector<std::pair<std::string, std::string>>;

Result<Rows> rows_of(db::Connection& connection, const Place& place) {
  Rows out;
  SG_ASSIGN(auto rows, connection.prepare(place.select));
  while (true) {
    SG_ASSIGN(const bool more, rows->step());
    if (!more) return out;
    out.emplace_back(rows->text(0), rows->text(1));
  }
}

}  // namespace
}  // namespace sealed_text_detail

std::string seal_text(const MasterKey& key, std::string_view purpose, std::string_view clear) {
  if (clear.empty()) return {};
  return std::string(sealed_text_detail::kMark) + base64_encode(key.seal(clear, purpose));
}

Result<std::string> open_text(const MasterKey& key, std::string_view purpose,
                              std::string_view stored) {
  namespace own = sealed_text_detail;
  if (stored.empty() || !own::is_sealed(stored)) return std::string(stored);
  const auto bytes = base64_decode(stored.substr(own::kMark.size()));
  if (!bytes) return fail(Code::kCorrupt, "a sealed text is not in the form we write");
  return key.open(*bytes, purpose);
}

Status reseal_texts(db::Connection& connection, const MasterKey& from, const MasterKey& to) {
  namespace own = sealed_text_detail;
  for (const own::Place& place : own::kPlaces) {
    SG_ASSIGN(const auto rows, own::rows_of(connection, place));
    for (const auto& [id, stored] : rows) {
      if (stored.empty()) continue;
      SG_ASSIGN(std::string clear, open_text(from, place.purpose, stored));
      const std::string sealed = seal_text(to, place.purpose, clear);
      wipe(clear.data(), clear.size());
      SG_TRY(run(connection, place.update, id, sealed));
    }
  }
  return {};
}

Status seal_clear_texts(db::Database& database, const MasterKey& key) {
  namespace own = sealed_text_detail;
  bool any = false;
  SG_TRY(database.read([&](db::Connection& connection) -> Status {
    any = false;
    for (const own::Place& place : own::kPlaces) {
      SG_ASSIGN(const auto rows, own::rows_of(connection, place));
      for (const auto& [id, stored] : rows) any = any || !own::is_sealed(stored);
    }
    return {};
  }));
  if (!any) return {};
  return database.write(
      [&](db::Connection& connection) { return reseal_texts(connection, key, key); });
}

}  // namespace spillguard::store
