#include "detect/generic/quiet_prose.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "detect/generic/bytes.h"
#include "detect/generic/reader_parts.h"
#include "detect/generic/value_block.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace spillguard::detect::generic {
namespace {

constexpr size_t kWindow = 64;

// A bit for each byte of a window.
struct Marks {
  uint64_t small = 0;     // letters
  uint64_t capital = 0;   // letters
  uint64_t blank = 0;     // of kBlankKind
  uint64_t line_end = 0;  // of kLineEndKind
  uint64_t point = 0;     // . ?
  uint64_t ask = 0;       // ?
  uint64_t quote = 0;     // '
  uint64_t loud = 0;  // without one of these, and without humps, no value can be told from words
  [[nodiscard]] uint64_t letters() const { return small | capital; }
  [[nodiscard]] uint64_t gaps() const { return blank | line_end; }
};

#if !defined(__SSE2__)
// Digits, and what ties or encloses values: and all that is not ASCII.
constexpr bool is_loud(char c) {
  return is_digit(c) || (c > '\0' && c < '\t') || (c > '\r' && c < ' ') || c == '\t' || c == '\v' ||
         c == '\f' || static_cast<unsigned char>(c) >= 0x7F ||
         std::string_view("\"&/:;<=>\\`{|}").find(c) != std::string_view::npos;
}
#endif

Marks marks_of(const char* bytes) {
  Marks marks;
#if defined(__SSE2__)
  constexpr size_t kLanes = 16;
  for (size_t i = 0; i < kWindow; i += kLanes) {
    const __m128i here = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + i));
    const auto is = [&](char c) { return _mm_cmpeq_epi8(here, _mm_set1_epi8(c)); };
    const auto bits = [&](__m128i mask) {
      return uint64_t{static_cast<uint32_t>(_mm_movemask_epi8(mask))} << i;
    };
    const __m128i ends = _mm_or_si128(_mm_or_si128(is('\n'), is('\r')), is('\0'));
    const __m128i controls = _mm_andnot_si128(ends, in_range(here, '\0', ' '));
    // "&", "/0123456789:;<=>", "\" and "|", "`", "{|}": with or without the bit of small letters.
    const __m128i signs =
        _mm_or_si128(_mm_or_si128(in_range(here, '/', 16), in_range(here, '{', 3)),
                     _mm_or_si128(_mm_or_si128(is('"'), is('&')), _mm_or_si128(is('\\'), is('`'))));
    const __m128i wide = _mm_or_si128(here, in_range(here, '\x7F', 1));  // the highest bit
    marks.small |= bits(in_range(here, 'a', 26));
    marks.capital |= bits(in_range(here, 'A', 26));
    marks.blank |= bits(_mm_or_si128(is(' '), is('\t')));
    marks.line_end |= bits(ends);
    const __m128i asks = is('?');
    marks.ask |= bits(asks);
    marks.point |= bits(_mm_or_si128(is('.'), asks));
    marks.quote |= bits(is('\''));
    marks.loud |= bits(_mm_or_si128(_mm_or_si128(controls, signs), wide));
  }
#else
  for (size_t i = 0; i < kWindow; ++i) {
    const char c = bytes[i];
    const auto bit = [&](bool yes) { return uint64_t{yes} << i; };
    marks.small |= bit(is_lower(c));
    marks.capital |= bit(is_upper(c));
    marks.blank |= bit(is_blank(c));
    marks.line_end |= bit(is_line_end(c));
    marks.ask |= bit(c == '?');
    marks.point |= bit(c == '.' || c == '?');
    marks.quote |= bit(c == '\'');
    marks.loud |= bit(is_loud(c));
  }
#endif
  return marks;
}

// The bytes from an offset on; zeros behind the text.
class Window {
 public:
  Window(std::string_view text, size_t from) : bytes_(text.data() + from) {
    if (text.size() - from >= kWindow) return;
    std::memcpy(copy_.data(), bytes_, text.size() - from);
    std::memset(copy_.data() + (text.size() - from), 0, kWindow - (text.size() - from));
    bytes_ = copy_.data();
  }
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;
  [[nodiscard]] const char* bytes() const { return bytes_; }
  [[nodiscard]] std::string_view view(size_t begin, size_t end) const {
    return {bytes_ + begin, end - begin};
  }

 private:
  const char* bytes_;
  std::array<char, kWindow> copy_;  // used where less is left of the text
};

constexpr uint64_t from_bit(size_t i) { return i < kWindow ? ~uint64_t{0} << i : 0; }

// Whether nothing before the name makes more of it than a word of a sentence.
bool is_word_before(std::string_view text, size_t begin) {
  if (begin == 0) return true;
  const char before = text[begin - 1];
  if (before == '\n') return true;
  if (before != ' ' || begin < 2) return false;
  const char far = text[begin - 2];
  if (is_kind(far, kBlankKind | kQuoteKind) || far == '\\' || far == '=' || far == ':') {
    return false;
  }
  return !may_have_user_before(text, begin) && !may_be_tied_before(text, begin);
}

// Whether the name may be the header of a column.
bool is_in_cells(std::string_view text, Span name) {
  const size_t last = std::min(text.size(), name.end + kMaxTitle);
  const size_t end = find_cell_end(text, name.end, last);
  if (end < last && !is_line_end(text[end])) return true;
  if (end == last && last < text.size()) return false;
  const size_t first = name.begin - std::min(name.begin, kReach + 1);
  const size_t begin = find_cell_begin(text, first, name.begin);
  return begin != 0 && !is_line_end(text[begin - 1]);
}

// Whether none of the words that read_prose() looks at has a value behind it. `pairs`: of a user
// and a value, which may be words.
bool is_quiet_clause(std::string_view text, size_t name_end, bool pairs) {
  const Window window(text, name_end);
  const Marks marks = marks_of(window.bytes());
  // "doesn't", "users'": no quotes.
  const uint64_t letters = marks.letters();
  // A question may have its answer on one of the next lines.
  if ((marks.ask & (marks.line_end - 1) & ~marks.line_end) != 0) return false;
  const uint64_t inside = (letters << 1U) & (letters << 2U) & (letters << 3U);
  const uint64_t humps = marks.capital & (marks.small << 1U);
  const uint64_t loud = marks.loud | humps | (marks.quote & ~inside);
  const uint64_t stops = marks.line_end | (marks.point & (marks.gaps() >> 1U));
  const auto first_loud = static_cast<size_t>(std::countr_zero(loud));
  const auto first_stop = static_cast<size_t>(std::countr_zero(stops));
  const bool stopped = first_stop < first_loud;
  // Whether the next sentence says more of it: "It is now v".
  const auto is_answered = [&](size_t end) { return begins_answer(text, name_end + end); };
  std::string_view before;
  size_t begin = 1;
  size_t most_words = kMaxProseWords;
  for (size_t i = 0; i < most_words; ++i) {
    const auto end = static_cast<size_t>(std::countr_zero(marks.gaps() & from_bit(begin)));
    if (end >= kWindow || end - begin > kLongProseWord) return false;
    if (end == begin) return false;
    const std::string_view word = window.view(begin, end);
    if (is_copula(word)) return false;
    if (stopped && !pairs) {
      return (marks.line_end >> first_stop & 1U) != 0 || !is_answered(first_stop + 1);
    }
    if (i == 0 && says_whose(word)) most_words = kMaxOwnedWords;
    const bool late = (i == 1 || i == 2) && most_words == kMaxProseWords;
    if (late && says_whose(word)) most_words = kMaxLateOwnedWords;
    if ((word.back() == ',' || word.back() == '!') && is_answered(end)) return false;
    if (word == "to" && (i == 0 || is_change(before))) return false;
    if (first_loud < end) return false;
    if (first_stop <= end) return !may_be_pair_line(text, name_end + end);
    before = word;
    begin = static_cast<size_t>(std::countr_zero(~marks.blank & from_bit(end)));
    if (begin >= kWindow) return false;
    if (first_stop == begin) return !may_be_pair_line(text, name_end + begin);
  }
  return true;
}

}  // namespace

bool is_quiet_prose(std::string_view text, Stem stem, Span hit) {
  if (stem == Stem::kNone) return false;
  const auto is_tied = [&](size_t end) {
    const size_t tie = skip_blanks(text, end, 4);
    return behind_login_tie(text, tie) != tie;
  };
  if (stem == Stem::kPhrase) return !is_tied(hit.end);
  if (hit.begin != 0 && text[hit.begin - 1] != ' ' && text[hit.begin - 1] != '\n') return false;
  constexpr size_t kLongestTail = 16;
  Span name = hit;
  while (name.end - hit.end < kLongestTail && is_lower(at(text, name.end))) ++name.end;
  const size_t tail = name.end - hit.end;
  const char next = at(text, name.end);
  const char far = at(text, name.end + 1);
  if (stem == Stem::kKey) {
    const bool goes_on = is_kind(next, kWordKind | kWideKind) ||
                         (is_kind(next, kJoinKind) && is_name_byte(text, name.end + 1));
    if (goes_on) return false;
    const auto owned = owned_key(text, name);
    // "Key: v" below the name of a wireless network
    if (!owned) return next != ':' || (hit.begin != 0 && text[hit.begin - 1] == ' ');
    if (owned->end != name.end) return false;
    name = *owned;
  }
  const bool at_stop = (next == '.' || next == ',' || next == '?' || next == '!') && is_gap(far);
  if (!at_stop && (next != ' ' || !is_kind(far, kLetterKind))) return false;
  // "mot de passe"
  if (stem == Stem::kWord && tail == 1 && text[hit.end] == 'e') return false;
  if (stem == Stem::kLogin && (tail != 0 || is_tied(name.end))) return false;
  const bool pairs = stem == Stem::kPairs || stem == Stem::kLogin;
  const bool quiet = at_stop
                         ? !may_be_asked(text, name.end) && !begins_answer(text, name.end + 1) &&
                               !(pairs && may_be_pair_line(text, name.end + 1))
                         : is_quiet_clause(text, name.end, pairs);
  return quiet && is_word_before(text, name.begin) && !is_in_cells(text, name) &&
         !may_be_told(text, name.begin) && !(pairs && may_head_pairs(text, name.end));
}

}  // namespace spillguard::detect::generic
