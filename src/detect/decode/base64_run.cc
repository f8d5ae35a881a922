#include <algorithm>
#include <cstdint>

#include "detect/decode/first_look.h"
#include "detect/decode/opaque_run.h"
#include "detect/decode/text_check.h"

namespace spillguard::detect::decode {
namespace base64_run {
namespace {

constexpr size_t kMinWrapped = 40;  // letters of a line that goes on in the next
constexpr size_t kMaxIndent = 40;   // blanks in front of a wrapped line
constexpr size_t kMinBytes = 15;    // of a text
constexpr size_t kMinPrefix = 32;   // of a text with binary data behind it

// Both alphabets are never mixed.
class Alphabet {
 public:
  bool takes(char c) {
    if (c == '+' || c == '/') standard_ = true;
    if (c == '-' || c == '_') url_ = true;
    return !(standard_ && url_);
  }

 private:
  bool standard_ = false;
  bool url_ = false;
};

size_t letters_from(std::string_view text, size_t at, size_t end) {
  const size_t begin = at;
  while (at < end && base64_value(text[at]) != kNoLetter) ++at;
  return at - begin;
}

// Where the wrapped run goes on behind a line that ends at `at`, or 0.
size_t next_line(std::string_view text, size_t at, size_t end, size_t line_length) {
  if (at < end && text[at] == '\r') ++at;
  if (at >= end || text[at] != '\n') return 0;
  ++at;
  const size_t line = at;
  while (at < end && at - line < kMaxIndent && (text[at] == ' ' || text[at] == '\t')) ++at;
  const size_t length = letters_from(text, at, std::min(end, at + line_length + 1));
  if (length == 0 || length > line_length) return 0;
  // Nothing else in the line: prose behind a run is not a part of it.
  size_t rest = at + length;
  while (rest < end && text[rest] == '=') ++rest;
  const bool alone = rest >= end || text[rest] == '\n' || text[rest] == '\r' || text[rest] == '"' ||
                     text[rest] == '\'';
  return alone ? at : 0;
}

// Decodes and checks as it goes; stops at the first byte that is no text.
class Run {
 public:
  Run(std::string_view text, size_t end, Level& level) : text_(text), end_(end), level_(level) {}

  // The end of what was read.
  size_t read(size_t at) {
    size_t line = at;
    level_.stretch(Piece::Kind::kBase64, at);
    while (good_) {
      at = read_line(at);
      const size_t length = at - line;
      first_length_ = first_length_ == 0 ? length : first_length_;
      const bool full = length == first_length_ && length >= kMinWrapped && length % 4 == 0;
      if (!good_ || !full) break;
      const size_t next = next_line(text_, at, end_, first_length_);
      if (next == 0) break;
      at = line = next;
      level_.stretch(Piece::Kind::kBase64, at);
    }
    for (int padding = 0; good_ && padding < 2 && at < end_ && text_[at] == '='; ++padding) ++at;
    return at;
  }

  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] const TextCheck& check() const { return check_; }

 private:
  size_t read_line(size_t at) {
    while (good_) {
      uint32_t group = 0;
      size_t count = 0;
      for (; count < 4 && at + count < end_; ++count) {
        const uint8_t value = base64_value(text_[at + count]);
        if (value == kNoLetter || !alphabet_.takes(text_[at + count])) break;
        group = group << 6U | value;
      }
      if (count == 4) {
        emit(group >> 16U);
        emit(group >> 8U);
        emit(group);
        at += 4;
        continue;
      }
      if (count >= 2) emit(count == 3 ? group >> 10U : group >> 4U);
      if (count == 3) emit(group >> 2U);
      return at + count;
    }
    return at;
  }

  void emit(uint32_t byte) {
    if (!good_) return;
    const auto value = static_cast<unsigned char>(byte & 0xFFU);
    good_ = check_.feed(value);
    if (good_) level_.push(static_cast<char>(value));
  }

  std::string_view text_;
  size_t end_;
  Level& level_;
  Alphabet alphabet_;
  TextCheck check_;
  size_t first_length_ = 0;
  bool good_ = true;
};

}  // namespace
}  // namespace base64_run

size_t decode_base64(std::string_view text, Span bounds, Level& level) {
  level.begin(Encoding::kBase64);
  base64_run::Run run(text, bounds.end, level);
  const size_t end = run.read(bounds.begin);
  const size_t whole = run.check().whole();
  const size_t least = run.good() ? base64_run::kMinBytes : base64_run::kMinPrefix;
  if (whole < least || !run.check().plausible()) {
    level.drop();
    return 0;
  }
  level.shorten(whole);
  level.commit({.begin = bounds.begin, .end = end});
  return end;
}

}  // namespace spillguard::detect::decode
