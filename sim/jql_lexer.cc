#include "sim/jql_lexer.h"

#include <fmt/format.h>

namespace spillguard::sim {
namespace {

constexpr std::string_view kOperators = "=!<>~";
constexpr std::string_view kEnders = " \t\r\n=!<>~(),'\"";

// A quoted text; `at` stands on the quote and moves behind the other one.
Result<std::string> take_quoted(std::string_view text, size_t& at) {
  const size_t start = at;
  const char quote = text[at++];
  std::string out;
  for (; at < text.size(); ++at) {
    if (text[at] == '\\' && at + 1 < text.size()) {
      out += text[++at];
    } else if (text[at] == quote) {
      ++at;
      return out;
    } else {
      out += text[at];
    }
  }
  return fail(Code::kInvalidArgument, fmt::format("Error in the JQL Query: The quoted string '{}' "
                                                  "has not been completed. (line 1, character {})",
                                                  out, start + 1));
}

}  // namespace

Result<std::vector<QueryToken>> query_tokens(std::string_view text) {
  std::vector<QueryToken> tokens;
  size_t at = 0;
  while (at < text.size()) {
    const char c = text[at];
    const size_t position = at + 1;
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      ++at;
    } else if (c == '(' || c == ')' || c == ',') {
      tokens.push_back({c == '('   ? QueryToken::Kind::kOpen
                        : c == ')' ? QueryToken::Kind::kClose
                                   : QueryToken::Kind::kComma,
                        std::string(1, c), position});
      ++at;
    } else if (c == '"' || c == '\'') {
      SG_ASSIGN(auto quoted, take_quoted(text, at));
      tokens.push_back({QueryToken::Kind::kQuoted, std::move(quoted), position});
    } else if (kOperators.find(c) != std::string_view::npos) {
      auto end = text.find_first_not_of(kOperators, at);
      if (end == std::string_view::npos) end = text.size();
      tokens.push_back(
          {QueryToken::Kind::kOperator, std::string(text.substr(at, end - at)), position});
      at = end;
    } else if (c == '|' || c == '&' || c == '{' || c == '}' || c == ';') {
      return fail(
          Code::kInvalidArgument,
          fmt::format(
              "Error in the JQL Query: The character '{}' is a reserved JQL character. You must "
              "enclose "
              "it in a string or use the escape '\\u00{:02x}' instead. (line 1, character {})",
              c, static_cast<unsigned>(c), position));
    } else {
      auto end = text.find_first_of(kEnders, at);
      if (end == std::string_view::npos) end = text.size();
      tokens.push_back({QueryToken::Kind::kWord, std::string(text.substr(at, end - at)), position});
      at = end;
    }
  }
  tokens.push_back({QueryToken::Kind::kEnd, {}, text.size() + 1});
  return tokens;
}

}  // namespace spillguard::sim
