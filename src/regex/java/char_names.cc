// ICU knows Unicode's names, and more than Java 17: they never change, so what Java has no
// character for is left out. The names of control characters are those of UnicodeData.txt's
// eleventh field.
#include "regex/java/char_names.h"

#include <fmt/format.h>
#include <unicode/uchar.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "base/strings.h"
#include "regex/java/unicode_sets.h"

namespace spillguard::regex::java {
namespace {

struct NamedControl {
  char32_t c;
  std::string_view name;
};
constexpr std::array kControls = std::to_array<NamedControl>({
    {0x0, "NULL"},
    {0x1, "START OF HEADING"},
    {0x2, "START OF TEXT"},
    {0x3, "END OF TEXT"},
    {0x4, "END OF TRANSMISSION"},
    {0x5, "ENQUIRY"},
    {0x6, "ACKNOWLEDGE"},
    {0x7, "BEL"},
    {0x8, "BACKSPACE"},
    {0x9, "CHARACTER TABULATION"},
    {0xA, "LINE FEED (LF)"},
    {0xB, "LINE TABULATION"},
    {0xC, "FORM FEED (FF)"},
    {0xD, "CARRIAGE RETURN (CR)"},
    {0xE, "SHIFT OUT"},
    {0xF, "SHIFT IN"},
    {0x10, "DATA LINK ESCAPE"},
    {0x11, "DEVICE CONTROL ONE"},
    {0x12, "DEVICE CONTROL TWO"},
    {0x13, "DEVICE CONTROL THREE"},
    {0x14, "DEVICE CONTROL FOUR"},
    {0x15, "NEGATIVE ACKNOWLEDGE"},
    {0x16, "SYNCHRONOUS IDLE"},
    {0x17, "END OF TRANSMISSION BLOCK"},
    {0x18, "CANCEL"},
    {0x19, "END OF MEDIUM"},
    {0x1A, "SUBSTITUTE"},
    {0x1B, "ESCAPE"},
    {0x1C, "INFORMATION SEPARATOR FOUR"},
    {0x1D, "INFORMATION SEPARATOR THREE"},
    {0x1E, "INFORMATION SEPARATOR TWO"},
    {0x1F, "INFORMATION SEPARATOR ONE"},
    {0x7F, "DELETE"},
    {0x80, "PADDING CHARACTER"},
    {0x81, "HIGH OCTET PRESET"},
    {0x82, "BREAK PERMITTED HERE"},
    {0x83, "NO BREAK HERE"},
    {0x85, "NEXT LINE (NEL)"},
    {0x86, "START OF SELECTED AREA"},
    {0x87, "END OF SELECTED AREA"},
    {0x88, "CHARACTER TABULATION SET"},
    {0x89, "CHARACTER TABULATION WITH JUSTIFICATION"},
    {0x8A, "LINE TABULATION SET"},
    {0x8B, "PARTIAL LINE FORWARD"},
    {0x8C, "PARTIAL LINE BACKWARD"},
    {0x8D, "REVERSE LINE FEED"},
    {0x8E, "SINGLE SHIFT TWO"},
    {0x8F, "SINGLE SHIFT THREE"},
    {0x90, "DEVICE CONTROL STRING"},
    {0x91, "PRIVATE USE ONE"},
    {0x92, "PRIVATE USE TWO"},
    {0x93, "SET TRANSMIT STATE"},
    {0x94, "CANCEL CHARACTER"},
    {0x95, "MESSAGE WAITING"},
    {0x96, "START OF GUARDED AREA"},
    {0x97, "END OF GUARDED AREA"},
    {0x98, "START OF STRING"},
    {0x99, "SINGLE GRAPHIC CHARACTER INTRODUCER"},
    {0x9A, "SINGLE CHARACTER INTRODUCER"},
    {0x9B, "CONTROL SEQUENCE INTRODUCER"},
    {0x9C, "STRING TERMINATOR"},
    {0x9D, "OPERATING SYSTEM COMMAND"},
    {0x9E, "PRIVACY MESSAGE"},
    {0x9F, "APPLICATION PROGRAM COMMAND"},
});

// Blocks whose characters have no names of their own in Java.
struct NamelessBlock {
  char32_t first;
  char32_t last;
  std::string_view name;
};
constexpr std::array kNameless = std::to_array<NamelessBlock>({
    {0x84, 0x84, "LATIN 1 SUPPLEMENT"},
    {0x3400, 0x4DBF, "CJK UNIFIED IDEOGRAPHS EXTENSION A"},
    {0x4E00, 0x9FFC, "CJK UNIFIED IDEOGRAPHS"},
    {0xAC00, 0xD7A3, "HANGUL SYLLABLES"},
    {0xD800, 0xDB7F, "HIGH SURROGATES"},
    {0xDB80, 0xDBFF, "HIGH PRIVATE USE SURROGATES"},
    {0xDC00, 0xDFFF, "LOW SURROGATES"},
    {0xE000, 0xF8FF, "PRIVATE USE AREA"},
    {0x17000, 0x187F7, "TANGUT"},
    {0x18D00, 0x18D08, "TANGUT SUPPLEMENT"},
    {0x20000, 0x2A6DD, "CJK UNIFIED IDEOGRAPHS EXTENSION B"},
    {0x2A700, 0x2B734, "CJK UNIFIED IDEOGRAPHS EXTENSION C"},
    {0x2B740, 0x2B81D, "CJK UNIFIED IDEOGRAPHS EXTENSION D"},
    {0x2B820, 0x2CEA1, "CJK UNIFIED IDEOGRAPHS EXTENSION E"},
    {0x2CEB0, 0x2EBE0, "CJK UNIFIED IDEOGRAPHS EXTENSION F"},
    {0x30000, 0x3134A, "CJK UNIFIED IDEOGRAPHS EXTENSION G"},
    {0xF0000, 0xFFFFD, "SUPPLEMENTARY PRIVATE USE AREA A"},
    {0x100000, 0x10FFFD, "SUPPLEMENTARY PRIVATE USE AREA B"},
});

const NamelessBlock* nameless_block_of(char32_t c) {
  const auto* const found =
      std::find_if(kNameless.begin(), kNameless.end(),
                   [&](const NamelessBlock& block) { return block.first <= c && c <= block.last; });
  return found != kNameless.end() ? found : nullptr;
}

std::optional<char32_t> by_block_and_number(std::string_view name) {
  const size_t blank = name.rfind(' ');
  if (blank == std::string_view::npos) return std::nullopt;
  uint32_t c = 0;
  const std::string digits(name.substr(blank + 1));
  const auto [end, error] = std::from_chars(digits.c_str(), digits.c_str() + digits.size(), c, 16);
  if (error != std::errc() || *end != '\0') return std::nullopt;
  const NamelessBlock* block = nameless_block_of(c);
  if (block == nullptr || name != fmt::format("{} {:X}", block->name, c)) return std::nullopt;
  return c;
}

}  // namespace

std::optional<char32_t> character_named(std::string_view name) {
  while (!name.empty() && name.front() >= 0 && name.front() <= ' ') name.remove_prefix(1);
  while (!name.empty() && name.back() >= 0 && name.back() <= ' ') name.remove_suffix(1);
  const std::string upper = to_upper(name);
  for (const NamedControl& control : kControls) {
    if (control.name == upper) return control.c;
  }
  UErrorCode status = U_ZERO_ERROR;
  const UChar32 found = u_charFromName(U_UNICODE_CHAR_NAME, upper.c_str(), &status);
  const auto c = static_cast<char32_t>(found);
  const bool named = U_SUCCESS(status) != 0 && is_assigned(c) && nameless_block_of(c) == nullptr;
  if (named) return c;
  return by_block_and_number(upper);
}

}  // namespace spillguard::regex::java
