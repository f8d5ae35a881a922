// Any bytes through every decoder and the finder of encoded runs: spans lie in the text and follow
// one another as the decoded bytes do, vectors and plain code mark the same places, the decoded
// bytes stay within their budget, and decoded text is clean.
#include <cstdint>
#include <string_view>

#include "base/padded_text.h"
#include "base/strings.h"
#include "detect/decode/escaped_run.h"
#include "detect/decode/finder.h"
#include "detect/decode/level.h"
#include "detect/decode/marks.h"
#include "detect/decode/opaque_run.h"

namespace spillguard::detect::decode {
namespace {

void check_section(const Level& level, const Section& section, const Span& bounds) {
  SG_CHECK(bounds.contains(section.source) && section.source.begin < section.source.end);
  SG_CHECK(section.text.begin <= section.text.end && section.text.end <= level.text().size());
  size_t last_begin = section.source.begin;
  size_t last_end = section.source.begin;
  for (size_t at = section.text.begin; at < section.text.end; ++at) {
    const Span source = level.to_source(section, {.begin = at, .end = at + 1});
    SG_CHECK(section.source.contains(source) && source.begin < source.end);
    SG_CHECK(source.begin >= last_begin && source.end >= last_end);
    last_begin = source.begin;
    last_end = source.end;
  }
}

void check_level(const Level& level, size_t size) {
  for (const Section& section : level.sections()) {
    check_section(level, section, {.begin = 0, .end = size});
    SG_CHECK(&level.sections()[level.section_at(section.text.begin)] == &section ||
             section.text.begin == section.text.end);
  }
}

// Each decoder by itself, wherever it might be asked to begin.
void decoders(std::string_view text) {
  constexpr Encoding kEscaped[] = {Encoding::kPercent, Encoding::kBackslash, Encoding::kEntity,
                                   Encoding::kQuotedPrintable};
  const Span bounds{.begin = 0, .end = text.size()};
  for (size_t at = 0; at < text.size() && at < 64; ++at) {
    Level level;
    const Span rest{.begin = at, .end = text.size()};
    const size_t in_base64 = decode_base64(text, rest, level);
    SG_CHECK(in_base64 == 0 || (in_base64 > at && in_base64 <= text.size()));
    const size_t in_hex = decode_hex(text, rest, level);
    SG_CHECK(in_hex == 0 || (in_hex > at && in_hex <= text.size()));
    decode_utf16(text, rest, level);
    for (const Encoding encoding : kEscaped) {
      if (encoding_of_lead(text[at]) != encoding) continue;
      const size_t end = decode_escaped(text, at, at / 2, bounds, encoding, level);
      SG_CHECK(end == 0 || (end > at && end <= text.size()));
    }
    check_level(level, text.size());
  }
}

void fuzz_one(std::string_view input) {
  const PaddedText text(input);
  Marks quick;
  Marks plain;
  find_marks(text.view(), quick);
  find_marks_plainly(text.view(), plain);
  SG_CHECK(quick.runs == plain.runs && quick.escapes == plain.escapes);
  decoders(input);
  const size_t budget = 2 * input.size();
  Finder finder;
  Level level;
  finder.run(text.view(), {}, budget, level);
  check_level(level, input.size());
  if (is_valid_utf8(input)) {
    for (const Section& section : level.sections()) {
      const std::string_view decoded =
          std::string_view(level.text()).substr(section.text.begin, section.text.size());
      // A section may be cut in the middle of a long word, and there of a character.
      const bool whole = !section.cut_begin && !section.cut_end;
      SG_CHECK(!whole || is_valid_utf8(decoded) || looks_like_utf16(decoded));
    }
  }
  Level inner;
  const PaddedText decoded(std::string_view(level.text()));
  finder.run_nested(level, decoded.view(), {}, budget, inner);
  check_level(inner, decoded.size());
}

}  // namespace
}  // namespace spillguard::detect::decode

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  spillguard::detect::decode::fuzz_one({reinterpret_cast<const char*>(data), size});
  return 0;
}
