// Characters as the generic detector sees them: ASCII by kind, whatever the locale.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace spillguard::detect::generic {

constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_letter(char c) { return is_lower(c) || is_upper(c); }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_alnum(char c) { return is_letter(c) || is_digit(c); }
constexpr bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
constexpr bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
constexpr bool is_word(char c) { return is_alnum(c) || c == '_'; }
constexpr char lower(char c) { return is_upper(c) ? static_cast<char>(c + 32) : c; }

// The same by a table, for bytes of texts of mixed case.
inline constexpr std::array<char, 256> kLower = [] {
  std::array<char, 256> table{};
  for (size_t i = 0; i < table.size(); ++i) table[i] = lower(static_cast<char>(i));
  return table;
}();

// Whether two texts are the same but for ASCII case.
constexpr bool same_word(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    const auto x = static_cast<unsigned char>(a[i]);
    const auto y = static_cast<unsigned char>(b[i]);
    if (x != y && kLower[x] != kLower[y]) return false;
  }
  return true;
}

// Where a lower-case word stands in a text of any case, or npos.
constexpr size_t find_word(std::string_view text, std::string_view word, size_t from = 0) {
  for (size_t i = from; i + word.size() <= text.size(); ++i) {
    if (same_word(text.substr(i, word.size()), word)) return i;
  }
  return std::string_view::npos;
}

constexpr bool holds_word(std::string_view text, std::string_view word) {
  return find_word(text, word) != std::string_view::npos;
}

// Whether test holds for every character.
template <typename Test>
constexpr bool all_of_text(std::string_view text, Test test) {
  for (const char c : text) {
    if (!test(c)) return false;
  }
  return true;
}

}  // namespace spillguard::detect::generic
