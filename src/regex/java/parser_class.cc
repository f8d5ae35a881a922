// Classes in [ ]: items, nested classes as unions, && as intersection. Java reads the right side of
// && as a class of its own that reaches to the end of the outer one, so that && binds to the right.
#include <fmt/format.h>

#include <optional>

#include "regex/java/parser.h"

namespace spillguard::regex::java {

struct Parser::ClassState {
  size_t start = 0;                   // byte of the '['
  std::optional<SetExpr> set;         // of what was read so far
  std::vector<CodeRange> characters;  // plain intervals that are not in `set` yet
  bool after_intersection = false;

  [[nodiscard]] bool empty() const { return !set && characters.empty(); }
  void add(SetExpr more) {
    if (more.kind == SetExpr::Kind::kRanges) {
      const auto& ranges = more.ranges.ranges();
      characters.insert(characters.end(), ranges.begin(), ranges.end());
      if (!ranges.empty()) return;
    }
    set = set ? set_union(std::move(*set), std::move(more)) : std::move(more);
  }
  SetExpr take() {
    if (!characters.empty()) {
      SetExpr plain = SetExpr::of(CodeRanges(std::exchange(characters, {})));
      set = set ? set_union(std::move(*set), std::move(plain)) : std::move(plain);
    }
    return std::move(*set);
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
      if (state.after_intersection) break;
      SG_ASSIGN(SetExpr nested, character_class(true));
      state.add(std::move(nested));
      continue;
    }
    if (c == '&') {
      const size_t single = cursor_.index();
      if (cursor_.next() == '&') {
        SG_TRY(class_intersection(state));
        continue;
      }
      cursor_.set_index(single);
    }
    if (c == 0 && cursor_.at_end()) return error_at(state.start, "this '[' is never closed");
    if (c == ']' && !state.empty()) {
      if (consume) cursor_.next();
      --nesting_;
      SetExpr out = state.take();
      return negated ? set_complement(std::move(out)) : std::move(out);
    }
    if (state.after_intersection) break;
    SG_TRY(class_item(state));
  }
  return unsupported_at(cursor_.byte(),
                        "what follows the right side of && is read oddly by Java; "
                        "put [ ] around each side");
}

// The cursor stands on the second '&'.
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
  if (!right) {
    if (state.empty()) return error_at(start, "&& needs a class on both sides");
    return unsupported_at(start, "&& has nothing on its right side; write [&] for the character");
  }
  // Without a left side, && changes nothing.
  state.set = state.empty() ? std::move(*right) : set_intersection(state.take(), std::move(*right));
  state.after_intersection = true;
  return {};
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
    if (first >= 0xD800 && first <= 0xDFFF) {
      return unsupported_at(start, "half of a surrogate pair never occurs in UTF-8 text");
    }
    state.add(folded_character(first, folding()));
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
