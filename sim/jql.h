// The part of JQL that crawlers use: comparisons of project, key, id, created and updated, joined
// by AND, OR and NOT, and ORDER BY. Anything else is refused as the host refuses what it does not
// know.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace spillguard::sim {

struct JqlValue {
  std::string text;
  bool quoted = false;
};

struct JqlNode {
  enum class Kind { kAnd, kOr, kNot, kClause };
  Kind kind = Kind::kClause;
  std::vector<JqlNode> children;  // of kAnd, kOr, kNot
  std::string field;              // canonical: "project", "key", "id", "created", "updated"
  std::string op;                 // "=", "!=", "<", "<=", ">", ">=", "in", "not in", "~"
  std::vector<JqlValue> values;
};

struct JqlOrder {
  std::string field;  // canonical
  bool descending = false;
};

struct JqlQuery {
  bool has_where = false;
  JqlNode where;
  std::vector<JqlOrder> order;
};

// Which fields a language has (lower case name, canonical name) and what it says of others.
struct QueryLanguage {
  std::vector<std::pair<std::string_view, std::string_view>> fields;
  std::string (*unknown_field)(std::string_view name);
  std::vector<std::string_view> unordered;  // canonical fields without < and >
};

// kInvalidArgument with the host's words.
Result<JqlQuery> parse_query(std::string_view text, const QueryLanguage& language);
Result<JqlQuery> parse_jql(std::string_view text);

}  // namespace spillguard::sim
