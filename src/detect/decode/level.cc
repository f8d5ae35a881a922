#include "detect/decode/level.h"

#include <algorithm>
#include <array>
#include <utility>

namespace spillguard::detect::decode {
namespace {

// Between sections: lines end, and NULs are what few patterns run across.
constexpr std::string_view kSeparator = {"\n\0\0\n", 4};

}  // namespace

std::string_view encoding_name(Encoding encoding) {
  static constexpr std::array<std::string_view, kEncodings> kNames = {
      "base64", "hex", "percent", "backslash", "entity", "quoted-printable", "utf-16"};
  return kNames[static_cast<size_t>(encoding)];
}

void Level::clear() {
  text_.clear();
  sections_.clear();
  pieces_.clear();
  open_ = {};
}

void Level::begin(Encoding encoding) {
  open_ = {.encoding = encoding,
           .source = {},
           .text = {.begin = text_.size(), .end = text_.size()},
           .first_piece = pieces_.size(),
           .cut_begin = false,
           .cut_end = false};
}

void Level::commit(Span source, bool cut_begin, bool cut_end) {
  open_.source = source;
  open_.text.end = text_.size();
  open_.cut_begin = cut_begin;
  open_.cut_end = cut_end;
  while (pieces_.size() > open_.first_piece + 1 && pieces_.back().decoded >= open_.text.end) {
    pieces_.pop_back();
  }
  sections_.push_back(open_);
  text_ += kSeparator;
}

void Level::drop() {
  text_.resize(open_.text.begin);
  pieces_.resize(open_.first_piece);
}

void Level::undo() {
  open_ = sections_.back();
  sections_.pop_back();
  drop();
}

void Level::literal(size_t source, std::string_view bytes) {
  if (bytes.empty()) return;
  if (pieces_.size() > open_.first_piece) {
    const Piece& last = pieces_.back();
    const bool goes_on =
        last.kind == Piece::Kind::kLiteral && last.source + (text_.size() - last.decoded) == source;
    if (goes_on) {
      text_ += bytes;
      return;
    }
  }
  stretch(Piece::Kind::kLiteral, source);
  text_ += bytes;
}

void Level::unit(Span source, std::string_view bytes) {
  pieces_.push_back({.decoded = text_.size(),
                     .source = source.begin,
                     .source_size = static_cast<uint32_t>(source.size()),
                     .kind = Piece::Kind::kUnit});
  text_ += bytes;
}

void Level::stretch(Piece::Kind kind, size_t source) {
  pieces_.push_back({.decoded = text_.size(), .source = source, .source_size = 0, .kind = kind});
}

size_t Level::section_at(size_t offset) const {
  const auto next =
      std::upper_bound(sections_.begin(), sections_.end(), offset,
                       [](size_t at, const Section& section) { return at < section.text.begin; });
  return static_cast<size_t>(next - sections_.begin()) - 1;
}

size_t Level::piece_at(size_t offset) const {
  const auto next =
      std::upper_bound(pieces_.begin(), pieces_.end(), offset,
                       [](size_t at, const Piece& piece) { return at < piece.decoded; });
  // An escape that stands for nothing has no byte; the last piece at an offset has it.
  return static_cast<size_t>(next - pieces_.begin()) - 1;
}

Span Level::to_source(const Section& section, Span span) const {
  const Piece& first = pieces_[piece_at(span.begin)];
  const Piece& last = pieces_[piece_at(span.end - 1)];
  const size_t in_first = span.begin - first.decoded;
  const size_t in_last = span.end - 1 - last.decoded;
  Span source;
  switch (first.kind) {
    case Piece::Kind::kLiteral:
      source.begin = first.source + in_first;
      break;
    case Piece::Kind::kPairs:
      source.begin = first.source + 2 * in_first;
      break;
    case Piece::Kind::kBase64:
      source.begin = first.source + 4 * (in_first / 3) + in_first % 3;
      break;
    case Piece::Kind::kUnit:
      source.begin = first.source;
      break;
  }
  switch (last.kind) {
    case Piece::Kind::kLiteral:
      source.end = last.source + in_last + 1;
      break;
    case Piece::Kind::kPairs:
      source.end = last.source + 2 * in_last + 2;
      break;
    case Piece::Kind::kBase64:
      source.end = last.source + 4 * (in_last / 3) + in_last % 3 + 2;
      break;
    case Piece::Kind::kUnit:
      source.end = last.source + last.source_size;
      break;
  }
  source.end = std::min(source.end, section.source.end);
  return source;
}

bool Level::changed(Span span) const {
  for (size_t i = piece_at(span.begin); i < pieces_.size() && pieces_[i].decoded < span.end; ++i) {
    if (pieces_[i].kind != Piece::Kind::kLiteral) return true;
  }
  return false;
}

}  // namespace spillguard::detect::decode
