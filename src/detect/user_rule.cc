#include "detect/user_rule.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "base/strings.h"
#include "detect/find_rule.h"

namespace spillguard::detect {
namespace user_rule_detail {
namespace {

tl::unexpected<Error> refuse(std::string_view member, std::string_view why) {
  return fail(Code::kInvalidArgument, fmt::format("{} {}", member, why));
}

bool is_control(char c) { return (c >= 0 && c < ' ') || c == '\x7F'; }

size_t characters_of(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

// A line of text for people.
Status check_words(std::string_view member, std::string_view text, size_t most) {
  if (!is_valid_utf8(text)) return refuse(member, "is not valid UTF-8");
  if (std::any_of(text.begin(), text.end(), is_control)) {
    return refuse(member, "holds a control character; it is one line of text");
  }
  if (characters_of(text) > most) {
    return refuse(member, fmt::format("has more than {} characters", most));
  }
  return {};
}

}  // namespace
}  // namespace user_rule_detail

std::optional<uint32_t> java_flags_of(std::string_view letters) {
  struct Flag {
    char letter;
    uint32_t bit;
  };
  static constexpr std::array<Flag, 7> kFlags = {
      {{'d', 0x01}, {'i', 0x02}, {'x', 0x04}, {'m', 0x08}, {'s', 0x20}, {'u', 0x40}, {'U', 0x100}}};
  uint32_t bits = 0;
  for (const char letter : letters) {
    const auto* const found = std::find_if(kFlags.begin(), kFlags.end(),
                                           [&](const Flag& flag) { return flag.letter == letter; });
    if (found == kFlags.end()) return std::nullopt;
    bits |= found->bit;
  }
  return bits;
}

Result<Rule> make_user_rule(const UserRule& given) {
  namespace own = user_rule_detail;
  if (given.id < 1) return own::refuse("id", "must be 1 or greater");
  if (trim(given.name).empty()) return own::refuse("name", "is empty");
  SG_TRY(own::check_words("name", given.name, UserRule::kMaxName));
  SG_TRY(own::check_words("description", given.description, UserRule::kMaxDescription));
  if (given.pattern.empty()) return own::refuse("pattern", "is empty");
  const auto flags = java_flags_of(given.flags);
  if (!flags) return own::refuse("flags", "must be letters of idmsuxU, as in (?im)");
  if (std::find(std::begin(kCategories), std::end(kCategories), given.category) ==
      std::end(kCategories)) {
    return own::refuse("category", fmt::format("must be one of {}", fmt::join(kCategories, ", ")));
  }
  Rule rule;
  rule.id = given.id;
  rule.name = given.name;
  rule.title = given.description.empty() ? given.name : given.description;
  rule.category = given.category;
  rule.severity = given.severity;
  rule.enabled = given.enabled;
  rule.pattern = given.pattern;
  rule.syntax = Syntax::kJava;
  rule.java_flags = *flags;
  SG_TRY(FindRule::compile(rule, 0));
  return rule;
}

}  // namespace spillguard::detect
