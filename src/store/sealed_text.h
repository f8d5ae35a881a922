// Texts of people that may hold secrets, sealed in text columns: patterns and descriptions of
// custom rules, the text of mails.
#pragma once

#include <string>
#include <string_view>

#include "base/crypto.h"
#include "db/database.h"

namespace spillguard::store {

// `purpose` is bound to it: a text that was moved elsewhere does not open. Empty stays empty.
std::string seal_text(const MasterKey& key, std::string_view purpose, std::string_view clear);
// What an older program wrote in clear is given back as it is.
Result<std::string> open_text(const MasterKey& key, std::string_view purpose,
                              std::string_view stored);

inline constexpr std::string_view kRuleText = "custom-rule";
inline constexpr std::string_view kMailText = "mail-text";

// All such texts of a store, sealed anew: under another key, or, with the same one, those that an
// older program wrote in clear.
Status reseal_texts(db::Connection& connection, const MasterKey& from, const MasterKey& to);
// At the start: nothing is written when there is nothing in clear.
Status seal_clear_texts(db::Database& database, const MasterKey& key);

}  // namespace spillguard::store
