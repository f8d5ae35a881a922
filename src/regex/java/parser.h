// java.util.regex's syntax to a tree. Recursive descent in the order of decisions that Java has, so
// that odd patterns mean the same; all limits of JavaPattern hold while parsing.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "regex/java/cursor.h"
#include "regex/java/java_node.h"

namespace spillguard::regex::java {

struct Parsed {
  Node root;
  std::vector<std::pair<std::string, uint32_t>> names;
  uint32_t groups = 0;
  bool uses_last_match = false;  // \G
  bool has_references = false;
  // Groups, by number, whose matches hold ASCII only and none of i, k and s: folding them is the
  // same in Java and PCRE2.
  std::vector<bool> foldable;
};

class Parser {
 public:
  // `pattern` is valid UTF-8 of at most JavaPattern::kMaxLength bytes and outlives the parser.
  Parser(std::string_view pattern, const JavaFlags& flags);
  Result<Parsed> parse();

 private:
  struct Escape {
    enum class Kind { kCharacter, kSet, kNode };
    Kind kind = Kind::kCharacter;
    char32_t c = 0;
    SetExpr set;
    Node node;
  };
  struct ClassState;

  Result<Node> alternation();
  Result<Node> sequence();
  Result<Node> element();
  Result<Node> group(bool& only_flags);
  Result<Node> special_group(size_t start, bool& only_flags);
  Result<Node> capture(size_t start, std::string name);
  Result<Node> inside(size_t start);
  Result<Node> plain_group(size_t start);
  Result<Node> closure(Node atom);
  Result<Node> counted(Node atom);
  Node repeated(Node atom, uint32_t min, uint32_t max);
  Status change_flags();
  bool set_flag(char32_t letter, bool on);

  Result<Escape> escape(bool in_class, bool before_hyphen);
  Result<Escape> escaped_reference(char32_t first);
  Result<Escape> named_reference();
  Result<char32_t> octal();
  Result<char32_t> hexadecimal();
  Result<char32_t> unicode_escape();
  Result<char32_t> four_digits();
  Result<Escape> reference(uint32_t number, size_t byte);
  Result<std::string> group_name(char32_t first);

  Result<SetExpr> character_class(bool consume);
  Status class_intersection(ClassState& state);
  Status class_item(ClassState& state);
  Result<SetExpr> property();
  [[nodiscard]] bool is_class_letter(char32_t c) const;

  static void join_strings(Node& sequence);
  Result<char32_t> character_name();
  Node assertion(Node::Assert kind, std::string text, bool beyond_ascii) const;
  Node caret() const;
  Node dollar(bool multiline) const;
  Node boundary(bool negative) const;
  Node set_node(SetExpr set) const;
  Node character_node(char32_t c, size_t byte) const;
  [[nodiscard]] Folding folding() const;

  [[nodiscard]] tl::unexpected<Error> error_at(size_t byte, std::string_view what) const;
  // At the character before the cursor's, which is what was read last.
  [[nodiscard]] tl::unexpected<Error> error_behind(std::string_view what) const;
  [[nodiscard]] tl::unexpected<Error> unsupported_at(size_t byte, std::string_view what) const;

  std::string_view pattern_;
  Cursor cursor_;
  uint32_t nesting_ = 0;
  uint32_t groups_ = 0;
  Parsed out_;
};

}  // namespace spillguard::regex::java
