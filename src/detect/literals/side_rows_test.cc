#include "detect/literals/side_rows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spillguard::detect {
namespace {

constexpr ClassSet kDigits = ClassSet{1} << kDigitClass;
const ClassSet kBlanks = ClassSet{1} << kClassOfByte[' '];

Literal pair(std::string_view bytes, bool ignore_case = false) {
  return {.bytes = std::string(bytes), .ignore_case = ignore_case};
}

Literal digits(std::vector<ClassSet> after, ClassSet before = ~kDigits) {
  return {.bytes = "00", .any_digit = true, .before = before, .after = std::move(after)};
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Whether the literal, its neighbours by class included as far as digits are asked for, is there.
bool stands(const Literal& literal, std::string_view text, size_t at) {
  for (size_t i = 0; i < literal.bytes.size(); ++i) {
    if (at + i >= text.size()) return false;
    const char c = text[at + i];
    const char want = literal.bytes[i];
    if (literal.any_digit
            ? !is_digit(c)
            : c != want && !(literal.ignore_case && is_letter(want) && (c ^ want) == 0x20)) {
      return false;
    }
  }
  if (!literal.any_digit) return true;
  if ((literal.before & kDigits) == 0 && at > 0 && is_digit(text[at - 1])) return false;
  for (size_t i = 0; i < literal.after.size(); ++i) {
    const size_t behind = at + literal.bytes.size() + i;
    if (behind >= text.size()) return false;
    const unsigned kind = kClassOfByte[static_cast<unsigned char>(text[behind])];
    if ((literal.after[i] >> kind & 1U) == 0) return false;
  }
  return true;
}

struct Case {
  std::string_view name;
  std::vector<Literal> literals;
  std::string_view letters;  // what the texts are made of
  bool exact = true;         // no place is found that is none
};

std::vector<uint16_t> list(std::span<const uint16_t> places) {
  return {places.begin(), places.end()};
}

bool includes(const std::vector<uint16_t>& all, const std::vector<uint16_t>& some) {
  return std::includes(all.begin(), all.end(), some.begin(), some.end());
}

TEST(SideRows, FindsWhatAPlainSearchFindsWithAndWithoutVectors) {
  const std::vector<Case> cases = {
      {"one first byte", {pair("SK"), pair("SA"), pair("SX")}, "SSSKAXsk \xC1"},
      {"two first bytes", {pair("SK"), pair("TA")}, "SKTAska ", false},
      {"any case", {pair("pw", true)}, "pPwW q"},
      {"bytes above 7F", {pair("\xC3\xA4"), pair("\xC3\xA9")}, "\xC3\xA4\xA9 ae"},
      {"digits", {digits({kDigits, kDigits, kAllClasses, kDigits})}, "00123 -", false},
      {"digits and blanks farther on",
       {digits({kDigits, kDigits | kBlanks, kDigits, kDigits, kDigits, kDigits, kDigits | kBlanks,
                kDigits | kBlanks})},
       "0123456 "},
      {"digits of two lengths",
       {digits({kDigits, kAllClasses, kAllClasses, kAllClasses, kAllClasses, kAllClasses, kDigits}),
        digits({kDigits})},
       "01a"},
      {"digits anywhere", {digits({kDigits}, kAllClasses)}, "12a"},
      {"a digit alone", {{.bytes = "0", .any_digit = true, .after = {kAllClasses, kDigits}}}, "1a"},
      {"all",
       {pair("SK"), digits({kDigits, kDigits, kDigits, kDigits, kDigits, kDigits})},
       "SK11111"},
      {"none", {}, "SK00"},
  };
  std::mt19937_64 random(11);
  const auto found = std::make_unique<SidePlaces>();
  for (const Case& each : cases) {
    SideRows rows;
    for (const Literal& literal : each.literals) rows.add(literal);
    for (int round = 0; round < 400; ++round) {
      std::string bytes(random() % 300, ' ');
      for (char& c : bytes) c = each.letters[random() % each.letters.size()];
      const PaddedText text{bytes};
      const size_t from = bytes.empty() ? 0 : random() % bytes.size();
      const size_t length = random() % (bytes.size() - from + 1);
      std::vector<uint16_t> pairs_there;
      std::vector<uint16_t> digits_there;
      for (size_t at = 0; at < length; ++at) {
        bool is_pair = false;
        bool are_digits = false;
        for (const Literal& literal : each.literals) {
          (SideRows::is_pair(literal) ? is_pair : are_digits) |= stands(literal, bytes, from + at);
        }
        if (is_pair) pairs_there.push_back(static_cast<uint16_t>(at));
        if (are_digits) digits_there.push_back(static_cast<uint16_t>(at));
      }
      for (const bool portable : {false, true}) {
        rows.find(text.view(), from, length, *found, portable);
        const auto pairs = list(std::span(found->pairs).first(found->pairs_count));
        const auto runs = list(std::span(found->digits).first(found->digits_count));
        if (each.exact) {
          ASSERT_EQ(pairs, pairs_there) << each.name << ": " << bytes;
          ASSERT_EQ(runs, digits_there) << each.name << ": " << bytes;
        }
        ASSERT_TRUE(includes(pairs, pairs_there)) << each.name << ": " << bytes;
        ASSERT_TRUE(includes(runs, digits_there)) << each.name << ": " << bytes;
      }
    }
  }
}

}  // namespace
}  // namespace spillguard::detect
