#include "detect/decode/marks.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <string_view>

#include "detect/decode/first_look.h"
#include "detect/decode/opaque_run.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace spillguard::detect::decode {
namespace marking {
namespace {

constexpr size_t kBlock = 64;
static_assert(kMinBase64 == 20, "Runs looks for 16 and 4 more");

// Whether a word begins here that is long enough for a secret: most \n of real texts are folders.
bool joins_long_word(std::string_view text, size_t at) {
  constexpr size_t kLeast = 14;
  if (text.size() - at < kLeast) return false;
  const auto ends_word = [](char c) {
    return c <= ' ' || c == '\\' || c == '"' || c == '\'' || c == '<' || c == '>' || c == ',';
  };
  const std::string_view word = text.substr(at, kLeast);
  return std::none_of(word.begin(), word.end(), ends_word);
}

// Whether the line that '=' ends is as long as quoted-printable makes them: up to 76 characters,
// and less by little.
bool ends_full_line(std::string_view text, size_t at) {
  constexpr size_t kShortest = 71;
  constexpr size_t kLongest = 75;
  if (at < kShortest) return false;
  const size_t reach = at - std::min(at, kLongest + 1);
  const size_t newline = text.substr(reach, at - reach).rfind('\n');
  const size_t begin = newline == std::string_view::npos ? reach : reach + newline + 1;
  return at - begin >= kShortest && at - begin <= kLongest;
}

// What may follow a byte that may begin an escape, a bit for each of those: most are followed by
// something else.
constexpr uint8_t kPercentLead = 1;
constexpr uint8_t kBackslashLead = 2;
constexpr uint8_t kEntityLead = 4;
constexpr uint8_t kEqualsLead = 8;

constexpr std::array<uint8_t, 256> make_leads() {
  std::array<uint8_t, 256> leads{};
  leads['%'] = kPercentLead;
  leads['\\'] = kBackslashLead;
  leads['&'] = kEntityLead;
  leads['='] = kEqualsLead;
  return leads;
}
constexpr std::array<uint8_t, 256> kLeads = make_leads();

constexpr std::array<uint8_t, 256> make_followers() {
  std::array<uint8_t, 256> followers{};
  const auto add = [&](std::string_view bytes, uint8_t lead) {
    for (const char c : bytes) followers[static_cast<unsigned char>(c)] |= lead;
  };
  add("0123456789abcdefABCDEFu", kPercentLead);
  add("nrtxuU\"/'01234567", kBackslashLead);
  add("#abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", kEntityLead);
  add("3\n\r", kEqualsLead);
  return followers;
}
constexpr std::array<uint8_t, 256> kFollowers = make_followers();

// Whether a byte that may begin an escape does so, when what follows it fits.
bool begins_escape(std::string_view text, size_t at) {
  const auto hex = [&](size_t i) {
    if (i >= text.size()) return false;
    const auto c = static_cast<unsigned char>(text[i]);
    return (c >= '0' && c <= '9') || ((c | 0x20U) >= 'a' && (c | 0x20U) <= 'f');
  };
  if (at + 2 >= text.size()) return false;
  const char next = text[at + 1];
  switch (text[at]) {
    case '%':
      return hex(at + 2);
    case '\\':
      // Of those for control characters, the ones that join a word that follows.
      if (next == 'n' || next == 'r' || next == 't') return joins_long_word(text, at + 2);
      return next != 'x' || hex(at + 2);
    case '=':
      return next == '3' ? text[at + 2] == 'D' : ends_full_line(text, at);
    default:
      return true;
  }
}

// Finds runs in masks of letters, 64 at a time. What is kept of the block before stays in
// registers.
class Runs {
 public:
  // Bit i: a run has its twentieth letter there, or the part of one behind a slash.
  [[gnu::always_inline]] uint64_t twentieths(uint64_t letters, uint64_t slashes) {
    // A bit stays where 2, 4, 8, 16 and then 20 letters end.
    const uint64_t two = letters & moved(letters, letters_, 1);
    const uint64_t four = two & moved(two, two_, 2);
    const uint64_t eight = four & moved(four, four_, 4);
    const uint64_t sixteen = eight & moved(eight, eight_, 8);
    const uint64_t twenty = sixteen & moved(sixteen, sixteen_, 4);
    // Of slashes in a row the last.
    const uint64_t parts = moved(slashes, slashes_, 20) & ~moved(slashes, slashes_, 19);
    const uint64_t first = twenty & (~moved(twenty, twenty_, 1) | parts);
    slashes_ = slashes;
    letters_ = letters;
    two_ = two;
    four_ = four;
    eight_ = eight;
    sixteen_ = sixteen;
    twenty_ = twenty;
    return first;
  }

 private:
  // The bits of a block, each at the place of the one `by` places behind it.
  static uint64_t moved(uint64_t block, uint64_t block_before, unsigned by) {
    return block << by | block_before >> (kBlock - by);
  }

  uint64_t slashes_ = 0;
  uint64_t letters_ = 0;
  uint64_t two_ = 0;
  uint64_t four_ = 0;
  uint64_t eight_ = 0;
  uint64_t sixteen_ = 0;
  uint64_t twenty_ = 0;
};

// Masks of blocks that are not empty. The loop over blocks only puts them down, so that it has no
// branch that depends on the text.
class Noted {
 public:
  static constexpr size_t kMost = 64;  // blocks, until they are taken
  [[gnu::always_inline]] void note(size_t at, uint64_t mask) {
    blocks_[count_] = {.at = at, .mask = mask};
    count_ += mask != 0 ? 1 : 0;
  }
  // Calls use(offset) for each bit, ascending.
  template <typename Use>
  void take(Use use) {
    for (size_t i = 0; i < count_; ++i) {
      for (uint64_t mask = blocks_[i].mask; mask != 0; mask &= mask - 1) {
        use(blocks_[i].at + static_cast<size_t>(std::countr_zero(mask)));
      }
    }
    count_ = 0;
  }

 private:
  struct Block {
    size_t at = 0;
    uint64_t mask = 0;
  };
  // The last one is written to, but never kept.
  std::array<Block, kMost + 1> blocks_;
  size_t count_ = 0;
};

// What was noted of some blocks: where runs have their twentieth letters, and bytes that may begin
// an escape.
struct Notes {
  Noted twentieths;
  Noted leads;

  void take(PaddedView text, Marks& marks) {
    twentieths.take([&](size_t at) {
      const size_t begin = at + 1 - kMinBase64;
      if (may_begin_text(text.data() + begin)) marks.runs.push_back(begin);
    });
    leads.take([&](size_t at) {
      const auto byte = static_cast<unsigned char>(text.data()[at]);
      // Behind the last byte stands padding.
      const auto next = static_cast<unsigned char>(text.data()[at + 1]);
      if ((kLeads[byte] & kFollowers[next]) == 0) return;
      if (begins_escape(text.text(), at)) marks.escapes.push_back(at);
    });
  }
};

constexpr uint8_t kLetter = 1;
constexpr uint8_t kLead = 2;

constexpr std::array<uint8_t, 256> make_classes() {
  std::array<uint8_t, 256> classes{};
  for (unsigned char c = 'A'; c <= 'Z'; ++c) classes[c] = classes[c | 0x20U] = kLetter;
  for (unsigned char c = '0'; c <= '9'; ++c) classes[c] = kLetter;
  classes['+'] = classes['/'] = classes['-'] = classes['_'] = kLetter;
  for (size_t c = 0; c < classes.size(); ++c) {
    if (kLeads[c] != 0) classes[c] = kLead;
  }
  return classes;
}
constexpr std::array<uint8_t, 256> kClasses = make_classes();

void blocks_plainly(PaddedView padded, Marks& marks) {
  const std::string_view text = padded.text();
  Runs runs;
  Notes notes;
  for (size_t at = 0; at < text.size(); at += kBlock) {
    const std::string_view block = text.substr(at, kBlock);
    uint64_t letters = 0;
    uint64_t leads = 0;
    uint64_t slashes = 0;
    for (size_t i = 0; i < block.size(); ++i) {
      const uint8_t kind = kClasses[static_cast<unsigned char>(block[i])];
      letters |= uint64_t{kind == kLetter} << i;
      leads |= uint64_t{kind == kLead} << i;
      slashes |= uint64_t{block[i] == '/'} << i;
    }
    notes.twentieths.note(at, runs.twentieths(letters, slashes));
    notes.leads.note(at, leads);
    notes.take(padded, marks);
  }
}

#if defined(__x86_64__)

struct Tables {
  __m256i low;
  __m256i high;
};

struct Masks {
  uint64_t others;  // than letters
  uint64_t leads;
  uint64_t slashes;
};

// In the tables, above the bits of letters: one for each upper half that leads have.
constexpr unsigned kEqualsBit = 0x20;
constexpr unsigned kBackslashBit = 0x40;
constexpr unsigned kPercentBit = 0x80;  // and '&'

// A bit for each set of bytes that share what their upper halves allow of the lower ones.
__attribute__((target("avx2,bmi,lzcnt"))) Tables make_tables() {
  // Upper half 2: + - /; 3: digits; 4 and 6: A to O; 5: P to Z and _; 7: p to z.
  constexpr unsigned kB = 1;
  constexpr unsigned kC = 2;
  constexpr unsigned kD = 4;
  constexpr unsigned kE = 8;
  constexpr unsigned kF = 16;
  constexpr unsigned kDigits = kC | kD | kE | kF;
  constexpr auto entry = [](unsigned bits) { return static_cast<char>(bits); };
  const __m128i low = _mm_setr_epi8(
      entry(kC | kE | kF), entry(kDigits), entry(kDigits), entry(kDigits), entry(kDigits),
      entry(kDigits | kPercentBit), entry(kDigits | kPercentBit), entry(kDigits), entry(kDigits),
      entry(kDigits), entry(kD | kE | kF), entry(kB | kD), entry(kD | kBackslashBit),
      entry(kB | kD | kEqualsBit), entry(kD), entry(kB | kD | kE));
  const __m128i high =
      _mm_setr_epi8(0, 0, entry(kB | kPercentBit), entry(kC | kEqualsBit), entry(kD),
                    entry(kE | kBackslashBit), entry(kD), entry(kF), 0, 0, 0, 0, 0, 0, 0, 0);
  return {_mm256_broadcastsi128_si256(low), _mm256_broadcastsi128_si256(high)};
}

// Of 32 bytes.
__attribute__((target("avx2,bmi,lzcnt"), always_inline)) inline Masks masks_of(
    const char* bytes, const Tables& tables) {
  constexpr char kLetterBits = 0x1F;
  constexpr char kToTop = 0x60;  // what takes the bits of leads, and no others, to the top bit
  const __m256i text = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes));
  const __m256i upper = _mm256_and_si256(_mm256_srli_epi16(text, 4), _mm256_set1_epi8(0x0F));
  const __m256i sets = _mm256_and_si256(_mm256_shuffle_epi8(tables.low, text),
                                        _mm256_shuffle_epi8(tables.high, upper));
  const __m256i others = _mm256_cmpeq_epi8(_mm256_and_si256(sets, _mm256_set1_epi8(kLetterBits)),
                                           _mm256_setzero_si256());
  const __m256i slashes = _mm256_cmpeq_epi8(text, _mm256_set1_epi8('/'));
  const __m256i leads = _mm256_adds_epu8(sets, _mm256_set1_epi8(kToTop));
  return {static_cast<uint32_t>(_mm256_movemask_epi8(others)),
          static_cast<uint32_t>(_mm256_movemask_epi8(leads)),
          static_cast<uint32_t>(_mm256_movemask_epi8(slashes))};
}

// The last block may be short: what is read behind the text is its padding.
__attribute__((target("avx2,bmi,lzcnt"))) void blocks_by_avx2(PaddedView text, Marks& marks) {
  static_assert(PaddedText::kPadding >= kBlock);
  const Tables tables = make_tables();
  const char* const bytes = text.data();
  const size_t size = text.size();
  Runs runs;
  Notes notes;
  for (size_t at = 0; at < size;) {
    const size_t stop = std::min(size, at + kBlock * Noted::kMost);
    for (; at < stop; at += kBlock) {
      const Masks low = masks_of(bytes + at, tables);
      const Masks high = masks_of(bytes + at + kBlock / 2, tables);
      uint64_t letters = ~(high.others << 32U | low.others);
      uint64_t leads = high.leads << 32U | low.leads;
      if (size - at < kBlock) {
        const uint64_t inside = (uint64_t{1} << (size - at)) - 1;
        letters &= inside;
        leads &= inside;
      }
      // Those behind the text follow no letter of it.
      const uint64_t slashes = high.slashes << 32U | low.slashes;
      notes.twentieths.note(at, runs.twentieths(letters, slashes));
      notes.leads.note(at, leads);
    }
    notes.take(text, marks);
  }
}

#endif

}  // namespace
}  // namespace marking

void find_marks_plainly(PaddedView text, Marks& marks) { marking::blocks_plainly(text, marks); }

void find_marks(PaddedView text, Marks& marks) {
#if defined(__x86_64__)
  static const bool kHasVectors = __builtin_cpu_supports("avx2") != 0 &&
                                  __builtin_cpu_supports("bmi") != 0 &&
                                  __builtin_cpu_supports("lzcnt") != 0;
  if (kHasVectors) {
    marking::blocks_by_avx2(text, marks);
    return;
  }
#endif
  marking::blocks_plainly(text, marks);
}

}  // namespace spillguard::detect::decode
