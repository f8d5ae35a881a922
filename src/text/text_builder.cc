#include "text/text_builder.h"

#include <array>
#include <utility>

#include "base/strings.h"

namespace spillguard::text {
namespace {

enum class Look { kPlain, kHidden, kBlank, kLineBreak };

// Invisible characters that editors and copy-paste put into tokens, and the odd blanks.
Look look_of(char32_t c) {
  switch (c) {
    case 0x00AD:  // soft hyphen
    case 0x200B:  // zero-width space, joiners, direction marks
    case 0x200C:
    case 0x200D:
    case 0x200E:
    case 0x200F:
    case 0x2060:  // word joiner
    case 0xFEFF:  // byte order mark
      return Look::kHidden;
    case 0x00A0:
    case 0x2007:
    case 0x202F:
      return Look::kBlank;
    case 0x2028:
    case 0x2029:
      return Look::kLineBreak;
    default:
      return Look::kPlain;
  }
}

// The character at i when it begins with a byte that such a character may begin with; 0 else.
char32_t odd_character(std::string_view text, size_t i, size_t end, size_t& length) {
  const auto byte = [&](size_t at) { return static_cast<unsigned char>(text[at]); };
  if (byte(i) == 0xC2 && i + 1 < end) {
    length = 2;
    return 0x80U + (byte(i + 1) & 0x3FU);
  }
  if ((byte(i) == 0xE2 || byte(i) == 0xEF) && i + 2 < end) {
    length = 3;
    return ((byte(i) & 0x0FU) << 12U) | ((byte(i + 1) & 0x3FU) << 6U) | (byte(i + 2) & 0x3FU);
  }
  length = 1;
  return 0;
}

constexpr std::array<bool, 256> kLookCloser = [] {
  std::array<bool, 256> table{};
  table['\r'] = table[0xC2] = table[0xE2] = table[0xEF] = true;
  return table;
}();

}  // namespace

TextBuilder::TextBuilder(std::string_view source) : source_(source) {
  out_.reserve(source.size() + PaddedText::kPadding + 16);
}

void TextBuilder::copy(size_t begin, size_t end) {
  if (begin >= end) {
    return;
  }
  map_.add(out_.size(), begin);
  out_.append(source_.substr(begin, end - begin));
  last_source_ = end - 1;
}

void TextBuilder::put(std::string_view characters, Span part) {
  map_.add(out_.size(), part.begin, false, part.size());
  out_.append(characters);
  last_source_ = part.end == part.begin ? part.begin : part.end - 1;
}

void TextBuilder::text(Span part) {
  if (part.begin >= part.end) {
    return;
  }
  settle();
  size_t copied = part.begin;
  for (size_t i = part.begin; i < part.end;) {
    const auto byte = static_cast<unsigned char>(source_[i]);
    if (!kLookCloser[byte]) {
      ++i;
      continue;
    }
    size_t length = 1;
    Look look = Look::kPlain;
    if (byte == '\r') {
      const bool pair = i + 1 < source_.size() && source_[i + 1] == '\n';
      look = pair ? Look::kHidden : Look::kLineBreak;
    } else {
      look = look_of(odd_character(source_, i, part.end, length));
    }
    if (look != Look::kPlain) {
      copy(copied, i);
      copied = i + length;
      if (look != Look::kHidden) {
        put(look == Look::kBlank ? " " : "\n", {i, i + length});
      }
    }
    i += length;
  }
  copy(copied, part.end);
}

void TextBuilder::space(Span part, bool fold) {
  if (held_.size() == 0) {
    held_ = part;
    fold_held_ = fold;
  }
}

void TextBuilder::code_point(char32_t character, Span part) {
  const Look look = look_of(character);
  if (look == Look::kHidden) {
    return;
  }
  settle();
  std::string characters;
  if (look == Look::kPlain) {
    append_utf8(characters, character);
  } else {
    characters = look == Look::kBlank ? " " : "\n";
  }
  put(characters, part);
}

void TextBuilder::inserted(std::string_view characters) {
  settle();
  put(characters, {last_source_, last_source_ + 1});
}

void TextBuilder::line() {
  if (tabs_ == 0) {
    line_pending_ = true;
  }
}

void TextBuilder::newline(Span part) {
  held_ = {};
  tabs_ = 0;
  if (line_pending_ || row_pending_) {
    const bool ended = !out_.empty() && out_.back() == '\n';
    line_pending_ = row_pending_ = false;
    if (ended) {
      flush_asides();
      return;
    }
  }
  put("\n", part);
  flush_asides();
}

void TextBuilder::row() {
  line_pending_ = row_pending_ = first_cell_ = true;
  tabs_ = 0;
}

void TextBuilder::cell() {
  if (std::exchange(first_cell_, false)) {
    return;
  }
  ++tabs_;
  // A line break inside the cell before (</p></td>) is none; one of a new row stays.
  line_pending_ = line_pending_ && row_pending_;
}

void TextBuilder::settle() {
  if (!line_pending_ && tabs_ == 0) {
    if (held_.size() != 0) {
      const Span held = std::exchange(held_, Span{});
      const bool breaks = source(held).find_first_of("\r\n") != std::string_view::npos;
      if (fold_held_ && breaks) {
        put(" ", held);
      } else {
        text(held);
      }
    }
    return;
  }
  held_ = {};
  const size_t tabs = std::exchange(tabs_, 0);
  if (std::exchange(line_pending_, false)) {
    row_pending_ = false;
    end_line();
  }
  if (tabs != 0) {
    put(std::string(tabs, '\t'), {last_source_, last_source_ + 1});
  }
}

void TextBuilder::break_line() {
  if (!out_.empty() && out_.back() != '\n') {
    put("\n", {last_source_, last_source_ + 1});
  }
}

void TextBuilder::flush_asides() {
  const std::vector<Aside> asides = std::exchange(asides_, {});
  for (const Aside& aside : asides) {
    if (aside.name.size() != 0) {
      text(aside.name);
      inserted(": ");
    }
    aside.decode(*this, aside.value);
    held_ = {};
    line_pending_ = row_pending_ = false;
    tabs_ = 0;
    break_line();
  }
}

void TextBuilder::end_line() {
  break_line();
  flush_asides();
}

Extracted TextBuilder::finish() && {
  held_ = {};
  line_pending_ = row_pending_ = false;
  tabs_ = 0;
  if (has_asides()) {
    end_line();
  }
  if (out_.empty() && !source_.empty()) {
    return as_it_stands(source_, true);
  }
  return Extracted{.text = PaddedText(std::move(out_)), .map = std::move(map_), .raw = false};
}

Extracted as_it_stands(std::string_view source, bool raw) {
  Extracted out{.text = PaddedText(source), .map = {}, .raw = raw};
  out.map.add(0, 0);
  return out;
}

}  // namespace spillguard::text
