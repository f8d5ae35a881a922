#include "sim/jql.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "base/strings.h"
#include "sim/jql_lexer.h"

namespace spillguard::sim {
namespace {

using Kind = QueryToken::Kind;

const QueryLanguage& jql_language() {
  static const QueryLanguage language = {
      .fields = {{"project", "project"},
                 {"pid", "project"},
                 {"key", "key"},
                 {"issuekey", "key"},
                 {"issue", "key"},
                 {"id", "id"},
                 {"issueid", "id"},
                 {"created", "created"},
                 {"createddate", "created"},
                 {"updated", "updated"},
                 {"updateddate", "updated"}},
      .unknown_field =
          [](std::string_view name) {
            return fmt::format(
                "Field '{}' does not exist or you do not have permission to view it.", name);
          },
      .unordered = {"project"}};
  return language;
}

class JqlParser {
 public:
  JqlParser(std::vector<QueryToken> tokens, const QueryLanguage& language)
      : tokens_(std::move(tokens)), language_(language) {}

  Result<JqlQuery> parse() {
    JqlQuery query;
    if (!at_end() && !at_word("order")) {
      SG_ASSIGN(query.where, parse_or());
      query.has_where = true;
    }
    if (take_word("order")) {
      if (!take_word("by")) return expecting("'by'");
      do {
        SG_ASSIGN(auto field, parse_field());
        bool descending = take_word("desc");
        if (!descending) take_word("asc");
        query.order.push_back({.field = std::move(field), .descending = descending});
      } while (take(Kind::kComma));
    }
    if (!at_end()) return expecting("either 'OR' or 'AND'");
    return query;
  }

 private:
  [[nodiscard]] const QueryToken& now() const { return tokens_[at_]; }
  [[nodiscard]] bool at_end() const { return now().kind == Kind::kEnd; }
  [[nodiscard]] bool at_word(std::string_view word) const {
    return now().kind == Kind::kWord && equals_ignore_case(now().text, word);
  }
  bool take(Kind kind) {
    if (now().kind != kind) return false;
    ++at_;
    return true;
  }
  bool take_word(std::string_view word) {
    if (!at_word(word)) return false;
    ++at_;
    return true;
  }
  [[nodiscard]] tl::unexpected<Error> expecting(std::string_view what) const {
    if (at_end()) {
      return fail(
          Code::kInvalidArgument,
          fmt::format("Error in the JQL Query: Expecting {} before the end of the query.", what));
    }
    return fail(
        Code::kInvalidArgument,
        fmt::format("Error in the JQL Query: Expecting {} but got '{}'. (line 1, character {})",
                    what, now().text, now().position));
  }

  Result<JqlNode> parse_or() { return parse_list(JqlNode::Kind::kOr); }

  Result<JqlNode> parse_list(JqlNode::Kind kind) {
    const std::string_view word = kind == JqlNode::Kind::kOr ? "or" : "and";
    SG_ASSIGN(auto first,
              kind == JqlNode::Kind::kOr ? parse_list(JqlNode::Kind::kAnd) : parse_unary());
    if (!at_word(word)) return first;
    JqlNode list;
    list.kind = kind;
    list.children.push_back(std::move(first));
    while (take_word(word)) {
      SG_ASSIGN(auto next,
                kind == JqlNode::Kind::kOr ? parse_list(JqlNode::Kind::kAnd) : parse_unary());
      list.children.push_back(std::move(next));
    }
    return list;
  }

  Result<JqlNode> parse_unary() {
    if (++depth_ > 64)
      return fail(Code::kInvalidArgument,
                  "Error in the JQL Query: The query is nested too deeply.");
    if (take_word("not")) {
      JqlNode node;
      node.kind = JqlNode::Kind::kNot;
      SG_ASSIGN(auto inner, parse_unary());
      node.children.push_back(std::move(inner));
      --depth_;
      return node;
    }
    if (take(Kind::kOpen)) {
      SG_ASSIGN(auto inner, parse_or());
      if (!take(Kind::kClose)) return expecting("')'");
      --depth_;
      return inner;
    }
    --depth_;
    return parse_clause();
  }

  Result<std::string> parse_field() {
    if (now().kind != Kind::kWord && now().kind != Kind::kQuoted)
      return expecting("either a value, list or function");
    const auto name = to_lower(now().text);
    for (const auto& [known, canonical] : language_.fields) {
      if (known == name) {
        ++at_;
        return std::string(canonical);
      }
    }
    return fail(Code::kInvalidArgument, language_.unknown_field(now().text));
  }

  Result<JqlNode> parse_clause() {
    JqlNode node;
    SG_ASSIGN(node.field, parse_field());
    if (take_word("in")) {
      node.op = "in";
    } else if (at_word("not")) {
      ++at_;
      if (!take_word("in")) return expecting("'in'");
      node.op = "not in";
    } else if (now().kind == Kind::kOperator) {
      node.op = now().text;
      ++at_;
    } else {
      return expecting("operator");
    }
    SG_TRY(check_operator(node));
    if (node.op != "in" && node.op != "not in") {
      SG_ASSIGN(auto value, parse_value());
      node.values.push_back(std::move(value));
      return node;
    }
    if (!take(Kind::kOpen)) return expecting("'('");
    do {
      SG_ASSIGN(auto value, parse_value());
      node.values.push_back(std::move(value));
    } while (take(Kind::kComma));
    if (!take(Kind::kClose)) return expecting("either ')' or ','");
    return node;
  }

  [[nodiscard]] Status check_operator(const JqlNode& node) const {
    constexpr std::array<std::string_view, 8> kKnown = {
        "=", "!=", "<", "<=", ">", ">=", "in", "not in"};
    bool known = false;
    for (const auto op : kKnown) known |= op == node.op;
    const bool compares = node.op.find_first_of("<>") != std::string::npos;
    bool unordered = false;
    for (const auto field : language_.unordered) unordered |= field == node.field;
    if ((known && !(compares && unordered)) || (node.op == "~" && node.field == "title")) return {};
    return fail(
        Code::kInvalidArgument,
        fmt::format("The operator '{}' is not supported by the '{}' field.", node.op, node.field));
  }

  Result<JqlValue> parse_value() {
    if (now().kind != Kind::kWord && now().kind != Kind::kQuoted)
      return expecting("either a value, list or function");
    JqlValue value{.text = now().text, .quoted = now().kind == Kind::kQuoted};
    ++at_;
    // now(), now("-4w"), startOfDay(): a word with at most one argument behind it.
    if (!value.quoted && now().kind == Kind::kOpen) {
      ++at_;
      value.text += '(';
      if (now().kind == Kind::kQuoted) value.text += tokens_[at_++].text;
      if (!take(Kind::kClose)) return expecting("')'");
      value.text += ')';
    }
    return value;
  }

  std::vector<QueryToken> tokens_;
  const QueryLanguage& language_;
  size_t at_ = 0;
  size_t depth_ = 0;
};

}  // namespace

Result<JqlQuery> parse_query(std::string_view text, const QueryLanguage& language) {
  SG_ASSIGN(auto tokens, query_tokens(text));
  return JqlParser(std::move(tokens), language).parse();
}

Result<JqlQuery> parse_jql(std::string_view text) { return parse_query(text, jql_language()); }

}  // namespace spillguard::sim
