#include <algorithm>
#include <array>
#include <string_view>

#include "base/error.h"
#include "text/text.h"

namespace spillguard::text {
namespace source_map {
namespace {

constexpr size_t kBlock = 64;  // runs
// A run as bytes: one with all that is small, then what is not. Of its eight bits two are the
// length, two how far the text went on, four how far the source did; the values below say that it
// stands behind as a number of seven bits a byte, the lowest first, 128 added to all but the last.
constexpr size_t kLengthBehind = 2;
constexpr size_t kTextBehind = 0;  // never the distance: runs have text
constexpr size_t kTextEnd = 4;
constexpr size_t kSourceBehind = 15;
constexpr unsigned kTextShift = 2;
constexpr unsigned kSourceShift = 4;
constexpr unsigned kBits = 7;
constexpr unsigned char kMore = 1U << kBits;
constexpr size_t kLongestNumber = (sizeof(size_t) * 8 + kBits - 1) / kBits;

void put_number(std::string& out, size_t number) {
  std::array<char, kLongestNumber> bytes;
  size_t size = 0;
  while (number >= kMore) {
    bytes[size++] = static_cast<char>(number | kMore);
    number >>= kBits;
  }
  bytes[size++] = static_cast<char>(number);
  out.append(bytes.data(), size);
}

size_t take_number(std::string_view bytes, size_t& at) {
  size_t number = 0;
  for (unsigned shift = 0;; shift += kBits) {
    const auto byte = static_cast<unsigned char>(bytes[at++]);
    number |= size_t{byte & (kMore - 1U)} << shift;
    if (byte < kMore) {
      return number;
    }
  }
}

// Distances to both sides as numbers that are small when the distance is.
size_t folded(size_t from, size_t to) { return to >= from ? (to - from) * 2 : (from - to) * 2 - 1; }

size_t unfolded(size_t from, size_t number) {
  return number % 2 == 0 ? from + number / 2 : from - (number + 1) / 2;
}

}  // namespace
}  // namespace source_map

void SourceMap::add(size_t text_offset, size_t source_offset, bool linear, size_t source_length) {
  const Run run{text_offset, source_offset, linear ? 0 : std::max<size_t>(source_length, 1)};
  if (runs_ == 0) {
    last_ = run;
    runs_ = 1;
    return;
  }
  SG_CHECK(text_offset >= last_.text);
  if (linear && last_.length == 0 && text_offset - last_.text == source_offset - last_.source &&
      source_offset >= last_.source) {
    return;
  }
  if (!linear && last_.length == run.length && last_.source == source_offset) {
    return;
  }
  if (last_.text != text_offset) {  // else the earlier run got no text
    pack(last_);
    ++runs_;
  }
  last_ = run;
}

void SourceMap::pack(const Run& run) {
  namespace own = source_map;
  if ((runs_ - 1) % own::kBlock == 0) {
    blocks_.push_back({.first = run, .begin = packed_.size()});
  } else {
    const size_t text = run.text - packed_last_.text;
    const size_t source = own::folded(packed_last_.source, run.source);
    const size_t text_code = text < own::kTextEnd ? text : own::kTextBehind;
    const size_t source_code = std::min(source, own::kSourceBehind);
    const size_t length_code = std::min(run.length, own::kLengthBehind);
    packed_.push_back(static_cast<char>(length_code | text_code << own::kTextShift |
                                        source_code << own::kSourceShift));
    if (text_code == own::kTextBehind) own::put_number(packed_, text);
    if (source_code == own::kSourceBehind) own::put_number(packed_, source);
    if (length_code == own::kLengthBehind) own::put_number(packed_, run.length);
  }
  packed_last_ = run;
}

SourceMap::Run SourceMap::unpack(size_t& at, const Run& before) const {
  namespace own = source_map;
  const auto head = static_cast<unsigned char>(packed_[at++]);
  const size_t text_code = (head >> own::kTextShift) % own::kTextEnd;
  const size_t source_code = head >> own::kSourceShift;
  const size_t length_code = head % (size_t{1} << own::kTextShift);
  Run run;
  run.text =
      before.text + (text_code == own::kTextBehind ? own::take_number(packed_, at) : text_code);
  run.source =
      own::unfolded(before.source, source_code == own::kSourceBehind ? own::take_number(packed_, at)
                                                                     : source_code);
  run.length = length_code == own::kLengthBehind ? own::take_number(packed_, at) : length_code;
  return run;
}

size_t SourceMap::bytes() const { return packed_.capacity() + blocks_.capacity() * sizeof(Block); }

std::optional<SourceMap::Run> SourceMap::find(size_t text_offset) const {
  if (runs_ != 0 && text_offset >= last_.text) {
    return last_;
  }
  const auto after =
      std::upper_bound(blocks_.begin(), blocks_.end(), text_offset,
                       [](size_t offset, const Block& block) { return offset < block.first.text; });
  if (after == blocks_.begin()) {
    return std::nullopt;
  }
  Run run = (after - 1)->first;
  const size_t end = after == blocks_.end() ? packed_.size() : after->begin;
  for (size_t at = (after - 1)->begin; at < end;) {
    const Run next = unpack(at, run);
    if (next.text > text_offset) {
      break;
    }
    run = next;
  }
  return run;
}

size_t SourceMap::to_source(size_t text_offset) const {
  const auto run = find(text_offset);
  if (!run) {
    return 0;
  }
  return run->length == 0 ? run->source + (text_offset - run->text) : run->source;
}

Span SourceMap::to_source(Span text_span) const {
  const size_t begin = to_source(text_span.begin);
  if (text_span.end <= text_span.begin) {
    return {begin, begin};
  }
  const size_t last = text_span.end - 1;
  const auto run = find(last);
  if (!run) {
    return {begin, begin + 1};
  }
  const size_t end =
      run->length == 0 ? run->source + (last - run->text) + 1 : run->source + run->length;
  // A range that reaches from a line into what stands aside of it covers both places.
  return end > begin ? Span{begin, end} : Span{end - 1, begin + 1};
}

}  // namespace spillguard::text
