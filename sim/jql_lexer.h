// Words of JQL and CQL: both languages have the same ones.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace spillguard::sim {

struct QueryToken {
  enum class Kind { kWord, kQuoted, kOperator, kOpen, kClose, kComma, kEnd };
  Kind kind = Kind::kEnd;
  std::string text;
  size_t position = 1;  // of the first character, from 1
};

// Ends with a kEnd token. kInvalidArgument for a quote without an end or a character that no word
// has.
Result<std::vector<QueryToken>> query_tokens(std::string_view text);

}  // namespace spillguard::sim
