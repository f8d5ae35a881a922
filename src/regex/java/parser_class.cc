// Classes in [ ]: items, nested classes as unions, && as intersection. Java reads the right side of
// && as a class of its own that reaches to the end of the outer one or the next &, so that && binds
// to the right; what it does with the characters around that is done here in its steps.
#include <fmt/format.h>

#include <optional>

#include "regex/java/parser.h"

namespace spillguard::regex::java {

// Java collects characters below U+0100 in a table of bits, and whatever was joined with that table
// sees what is added to it later. So the steps are kept and taken when the class ends.
struct Parser::ClassState {
  struct Step {
    bool intersect = false;
    std::optional<SetExpr> set;  // nullopt: the letters
  };
  size_t start = 0;  // byte of the '['
  std::vector<Step> steps;
  std::vector<CodeRange> letters;
  bool letters_pending = false;                // they are in no step yet
  std::optional<std::optional<SetExpr>> last;  // the operand read last, unless that was a letter

  [[nodiscard]] bool empty() const { return steps.empty() && !letters_pending; }
  void add(SetExpr more) {
    last.emplace(more);
    steps.push_back({false, std::move(more)});
  }
  void add_letters(const CodeRanges& more) {
    letters.insert(letters.end(), more.ranges().begin(), more.ranges().end());
    letters_pending = true;
    last.reset();
  }
  void join_letters() {
    if (!letters_pending) return;
    if (steps.empty()) last.emplace(std::nullopt);
    steps.push_back({false, std::nullopt});
    letters_pending = false;
  }
  SetExpr take() {
    join_letters();
    std::optional<SetExpr> out;
    for (Step& step : steps) {
      SetExpr operand;
      if (step.set) {
        operand = std::move(*step.set);
      } else {
        operand = SetExpr::of(CodeRanges(letters));
      }
      if (!out) {
        out = std::move(operand);
      } else if (step.intersect) {
        out = set_intersection(std::move(*out), std::move(operand));
      } else {
        out = set_union(std::move(*out), std::move(operand));
      }
    }
    return std::move(*out);
  }
};

// `consume`: the cursor stands on the '[' and will stand behind the ']'. Otherwise it stands before
// the first item and will stand on the ']'.
Result<SetExpr> Parser::character_class(bool consume) {
  ClassState state;
  state.start = cursor_.byte();
  if (++nesting_ > JavaPattern::kMaxNesting) {
    return unsupported_at(state.start,
                          fmt::format("classes may be {} deep at most", JavaPattern::kMaxNesting));
  }
  bool negated = false;
  char32_t c = cursor_.next();
  if (c == '^' && cursor_.raw(-1) == '[') {
    c = cursor_.next();
    negated = true;
  }
  for (;; c = cursor_.peek()) {
    if (c == '[') {
      SG_ASSIGN(SetExpr nested, character_class(true));
      state.add(std::move(nested));
      continue;
    }
    if (c == '&') {
      if (cursor_.next() == '&') {
        SG_TRY(class_intersection(state));
        continue;
      }
      cursor_.unread();
    }
    if (c == 0 && cursor_.at_end()) return error_at(state.start, "this '[' is never closed");
    if (c == ']' && !state.empty()) {
      if (consume) cursor_.next();
      --nesting_;
      SetExpr out = state.take();
      return negated ? set_complement(std::move(out)) : std::move(out);
    }
    SG_TRY(class_item(state));
  }
}

// The cursor stands on the second '&'. Without a right side, Java takes what was read last for it.
Status Parser::class_intersection(ClassState& state) {
  const size_t start = cursor_.byte();
  char32_t c = cursor_.next();
  std::optional<SetExpr> right;
  while (c != ']' && c != '&') {
    if (c == 0 && cursor_.at_end()) return error_at(state.start, "this '[' is never closed");
    const bool nested = c == '[';
    if (!nested) cursor_.unread();
    SG_ASSIGN(SetExpr one, character_class(nested));
    right = right ? set_union(std::move(*right), std::move(one)) : std::move(one);
    c = cursor_.peek();
  }
  state.join_letters();
  if (right) state.last.emplace(*right);
  if (state.steps.empty()) {
    if (!right) return error_at(start, "&& needs a class on both sides");
    state.steps.push_back({false, std::move(right)});  // without a left side, && changes nothing
    return {};
  }
  // Behind a letter Java has forgotten what was read last, and fails when it matches the class.
  state.steps.push_back({true, state.last ? *state.last : SetExpr()});
  return {};
}

// Characters that have a case outside ASCII or Latin 1 do not go into Java's table of bits.
bool Parser::is_class_letter(char32_t c) const {
  static constexpr std::u32string_view kApart = U"IiKkSs\u00b5\u00c5\u00e5\u00ff";
  return c < 0x100 &&
         (folding() != Folding::kUnicode || kApart.find(c) == std::u32string_view::npos);
}

Status Parser::class_item(ClassState& state) {
  const size_t start = cursor_.byte();
  char32_t first = cursor_.peek();
  if (first == '\\') {
    const char32_t letter = cursor_.next_raw();
    if (letter == 'p' || letter == 'P') {
      SG_ASSIGN(SetExpr set, property());
      state.add(std::move(set));
      return {};
    }
    const bool before_hyphen = cursor_.raw(1) == '-';
    cursor_.unread();
    SG_ASSIGN(Escape found, escape(true, before_hyphen));
    if (found.kind == Escape::Kind::kSet) {
      state.add(std::move(found.set));
      return {};
    }
    first = found.c;
  } else {
    first &= ~Cursor::kQuoted;
    cursor_.next();
  }
  const bool is_range = cursor_.peek() == '-' && cursor_.raw(1) != '[' && cursor_.raw(1) != ']';
  if (!is_range) {
    SetExpr one = folded_character(first, folding());
    if (is_class_letter(first)) {
      state.add_letters(one.ranges);
    } else {
      state.add(std::move(one));
    }
    return {};
  }
  cursor_.next();
  char32_t last = cursor_.peek();
  if (last == 0 && cursor_.at_end()) return error_at(state.start, "this '[' is never closed");
  if (last == '\\') {
    SG_ASSIGN(const Escape found, escape(true, true));
    if (found.kind != Escape::Kind::kCharacter) {
      return error_at(start, "a range ends with a character, not with a class");
    }
    last = found.c;
  } else {
    last &= ~Cursor::kQuoted;
    cursor_.next();
  }
  if (last < first) return error_at(start, "the ends of this range are in the wrong order");
  state.add(folded_range({first, last}, folding()));
  return {};
}

}  // namespace spillguard::regex::java
