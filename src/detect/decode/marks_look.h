// What makes a guess of a place a mark: the tests of single places that both ways of finding them
// share. Most places fail at the byte behind them.
//
// Thread-safety: pure functions.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/padded_text.h"
#include "detect/decode/first_look.h"
#include "detect/decode/marks.h"

namespace spillguard::detect::decode::marking {

// Bytes that may begin an escape, and what may follow each of them, a bit for each lead. Of escapes
// that stand for more than ASCII none matters, see decode_escaped().
inline constexpr uint8_t kPercentLead = 1;
inline constexpr uint8_t kBackslashLead = 2;
inline constexpr uint8_t kEntityLead = 4;
inline constexpr uint8_t kEqualsLead = 8;

constexpr std::array<uint8_t, 256> make_leads() {
  std::array<uint8_t, 256> leads{};
  leads['%'] = kPercentLead;
  leads['\\'] = kBackslashLead;
  leads['&'] = kEntityLead;
  leads['='] = kEqualsLead;
  return leads;
}
inline constexpr std::array<uint8_t, 256> kLeads = make_leads();

// None of them is a lead.
constexpr std::array<uint8_t, 256> make_followers() {
  std::array<uint8_t, 256> followers{};
  const auto add = [&](std::string_view bytes, uint8_t lead) {
    for (const char c : bytes) followers[static_cast<unsigned char>(c)] |= lead;
  };
  add("0234567u", kPercentLead);
  add("nrtxuU\"/'01", kBackslashLead);
  add("#abcdeglnpqrs", kEntityLead);
  add("3\n\r", kEqualsLead);
  return followers;
}
inline constexpr std::array<uint8_t, 256> kFollowers = make_followers();

// Whether a word begins here that is long enough for a secret: most \n of real texts are folders.
inline bool joins_long_word(std::string_view text, size_t at) {
  constexpr size_t kLeast = 14;
  if (text.size() < at + kLeast) return false;
  const auto ends_word = [](char c) {
    return c <= ' ' || c == '\\' || c == '"' || c == '\'' || c == '<' || c == '>' || c == ',';
  };
  const std::string_view word = text.substr(at, kLeast);
  return std::none_of(word.begin(), word.end(), ends_word);
}

// Whether the line that '=' ends is as long as quoted-printable makes them: up to 76 characters,
// and less by little.
inline bool ends_full_line(std::string_view text, size_t at) {
  constexpr size_t kShortest = 71;
  constexpr size_t kLongest = 75;
  if (at < kShortest) return false;
  const size_t reach = at - std::min(at, kLongest + 1);
  const size_t newline = text.substr(reach, at - reach).rfind('\n');
  const size_t begin = newline == std::string_view::npos ? reach : reach + newline + 1;
  return at - begin >= kShortest && at - begin <= kLongest;
}

// Whether a byte that may begin an escape does so, when what follows it fits. What is read behind
// the text is its padding.
inline bool begins_escape(PaddedView padded, size_t at) {
  const char* const bytes = padded.data() + at;
  const auto hex = [](char c) {
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
  };
  const auto digit = [](char c, char most) { return c >= '0' && c <= most; };
  if (at + 2 >= padded.size()) return false;
  const char next = bytes[1];
  switch (bytes[0]) {
    case '%':
      return next == 'u' ? bytes[2] == '0' && bytes[3] == '0' : hex(bytes[2]);
    case '\\':
      // Of those for control characters, the ones that join a word that follows.
      if (next == 'n' || next == 'r' || next == 't') return joins_long_word(padded.text(), at + 2);
      if (next == 'u')
        return bytes[2] == '0' ? bytes[3] == '0' : bytes[2] == 'u' || bytes[2] == '{';
      if (next == 'U') return bytes[2] == '0';
      if (next == 'x' || next == '0' || next == '1') return digit(bytes[2], '7');
      return true;
    case '=':
      return next == '3' ? bytes[2] == 'D' : ends_full_line(padded.text(), at);
    default: {
      // A number, or the name of a character, which has two to six letters.
      if (next == '#') return digit(bytes[2], '9') || (bytes[2] | 0x20) == 'x';
      const std::string_view ends(bytes + 3, 5);
      return ends.find(';') != std::string_view::npos;
    }
  }
}

// Whether there is a mark where a lead stands.
inline bool is_escape(PaddedView text, size_t at) {
  const auto byte = static_cast<unsigned char>(text.data()[at]);
  const auto next = static_cast<unsigned char>(text.data()[at + 1]);
  return (kLeads[byte] & kFollowers[next]) != 0 && begins_escape(text, at);
}

// Whether there is one where a run of at least twenty letters of base64 begins.
inline bool is_run(PaddedView text, size_t begin) {
  return may_be_base64(text.text(), begin) || may_be_hex(text.text(), begin);
}

// find_marks() where the processor has AVX2.
void find_by_avx2(PaddedView text, Marks& marks);

}  // namespace spillguard::detect::decode::marking
