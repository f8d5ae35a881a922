#include "base/json_writer.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstring>

#include "base/strings.h"

namespace spillguard {
namespace {

// How many bytes in front are ASCII that stands for itself, in steps of eight: nearly all of nearly
// every text, so that it is copied at once.
size_t plain_prefix(std::string_view text) {
  constexpr uint64_t kOnes = 0x0101010101010101U;
  constexpr uint64_t kHighs = 0x8080808080808080U;
  // The high bit of each byte that is zero (and perhaps of bytes above one that is).
  const auto zeros = [](uint64_t word) { return (word - kOnes) & ~word & kHighs; };
  size_t done = 0;
  for (; text.size() - done >= sizeof(uint64_t); done += sizeof(uint64_t)) {
    uint64_t word = 0;
    std::memcpy(&word, text.data() + done, sizeof(word));
    const uint64_t below_space = (word - kOnes * 0x20) & ~word & kHighs;
    const uint64_t special =
        (word & kHighs) | below_space | zeros(word ^ (kOnes * '"')) | zeros(word ^ (kOnes * '\\'));
    if (special != 0) return done;
  }
  for (; done < text.size(); ++done) {
    const auto c = static_cast<unsigned char>(text[done]);
    if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\') break;
  }
  return done;
}

void append_escaped(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  size_t start = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, start, i - start);
    start = i + 1;
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        out += "\\u00";
        out += kHex[c >> 4];
        out += kHex[c & 15];
    }
  }
  out.append(text, start, std::string_view::npos);
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  const size_t plain = plain_prefix(text);
  out += text.substr(0, plain);
  if (plain < text.size()) {
    text.remove_prefix(plain);
    if (is_valid_utf8(text)) {
      append_escaped(out, text);
    } else {
      append_escaped(out, to_valid_utf8(text));
    }
  }
  out += '"';
}

void JsonWriter::separate() {
  if (need_comma_) out_ += ',';
  need_comma_ = true;
}

void JsonWriter::open(char c) {
  separate();
  out_ += c;
  need_comma_ = false;
}

void JsonWriter::close(char c) {
  out_ += c;
  need_comma_ = true;
}

void JsonWriter::key(std::string_view name) {
  // Nearly all: with what stands around it in one piece.
  std::array<char, 64> piece;  // NOLINT(cppcoreguidelines-pro-type-member-init): written first
  if (name.size() + 4 <= piece.size() && plain_prefix(name) == name.size()) {
    size_t size = 0;
    if (need_comma_) piece[size++] = ',';
    piece[size++] = '"';
    std::memcpy(piece.data() + size, name.data(), name.size());
    size += name.size();
    piece[size++] = '"';
    piece[size++] = ':';
    out_.append(piece.data(), size);
    need_comma_ = false;
    return;
  }
  separate();
  append_json_string(out_, name);
  out_ += ':';
  need_comma_ = false;
}

void JsonWriter::value(std::string_view text) {
  separate();
  append_json_string(out_, text);
}

void JsonWriter::value(bool flag) { raw(flag ? "true" : "false"); }
void JsonWriter::value(int64_t number) {
  const fmt::format_int digits(number);
  raw({digits.data(), digits.size()});
}
void JsonWriter::value(uint64_t number) {
  const fmt::format_int digits(number);
  raw({digits.data(), digits.size()});
}

void JsonWriter::value(double number) {
  if (std::isfinite(number)) {
    raw(fmt::format("{}", number));
  } else {
    null();
  }
}

void JsonWriter::null() { raw("null"); }

void JsonWriter::word(std::string_view text) {
  separate();
  out_ += '"';
  out_ += text;
  out_ += '"';
}

void JsonWriter::time(TimeMs time) {
  separate();
  out_ += '"';
  append_iso8601(out_, time);
  out_ += '"';
}

void JsonWriter::raw(std::string_view json) {
  separate();
  out_ += json;
}

}  // namespace spillguard
