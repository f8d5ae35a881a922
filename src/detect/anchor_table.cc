#include "detect/anchor_table.h"

#include <emmintrin.h>

#include <algorithm>

#include "base/strings.h"

namespace spillguard::detect {
namespace {

bool has_letter(std::string_view text) { return to_lower(text) != text || to_upper(text) != text; }

// Card numbers begin with one of many such pairs, and what follows them tells more: all pairs are
// one literal.
bool is_two_digits(std::string_view text) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return text.size() == 2 && digit(text[0]) && digit(text[1]);
}

}  // namespace

void AnchorTable::add(uint32_t rule, const std::string& anchor, bool ignore_case,
                      const regex::AnchorGuard& guard) {
  std::vector<Hook>& hooks = added_[literal_number(anchor, ignore_case)];
  const Guard test = guard_of(guard);
  const bool is_there = std::any_of(hooks.begin(), hooks.end(), [&](const Hook& hook) {
    return hook.rule == rule && guards_[hook.guard] == test;
  });
  if (is_there) return;
  hooks.push_back({rule, static_cast<uint32_t>(guards_.size())});
  guards_.push_back(test);
}

void AnchorTable::add_keyword(uint32_t keyword, std::string_view text) {
  keywords_[literal_number(text, true)] = keyword;
}

uint32_t AnchorTable::literal_number(std::string_view text, bool ignore_case) {
  const bool fold = ignore_case && has_letter(text);
  const bool any_digit = is_two_digits(text);
  const std::string bytes = any_digit ? "00" : fold ? to_lower(text) : std::string(text);
  const auto [entry, is_new] =
      numbers_.try_emplace({bytes, fold}, static_cast<uint32_t>(literals_.size()));
  if (is_new) {
    literals_.push_back({.bytes = bytes, .ignore_case = fold, .any_digit = any_digit});
    added_.emplace_back();
    keywords_.push_back(kNoKeyword);
  }
  return entry->second;
}

// Most are asked for many times in a row.
uint16_t AnchorTable::class_number(const regex::ByteSet& set) {
  if (classes_[last_class_] != set) last_class_ = class_number_anew(set);
  return last_class_;
}

uint16_t AnchorTable::class_number_anew(const regex::ByteSet& set) {
  if (classes_.size() > UINT16_MAX) return kAnyByte;  // no test is a safe test
  const auto [known, is_new] =
      class_numbers_.try_emplace(set, static_cast<uint16_t>(classes_.size()));
  if (is_new) classes_.push_back(set);
  return known->second;
}

AnchorTable::Guard AnchorTable::guard_of(const regex::AnchorGuard& guard) {
  Guard test;
  if (guard.used) {
    test.may_begin_text = guard.may_begin_text;
    test.before = class_number(guard.before);
    for (const regex::ByteSet& set : guard.after) {
      if (test.count == kMaxAfter) break;
      test.after[test.count++] = class_number(set);
    }
    if (guard.until.any()) {
      test.until = class_number(guard.until);
      test.through = class_number(guard.through);
      test.until_within = guard.until_within;
      describe_way(test);
    }
    if (guard.run_length > 0) {
      test.run = class_number(guard.run);
      test.run_length = guard.run_length;
      test.run_from = guard.run_from;
      test.run_to = guard.run_to;
    }
  }
  return test;
}

uint16_t AnchorTable::joined(uint16_t one, uint16_t other) {
  if (one == other) return one;
  const regex::ByteSet both = classes_[one] | classes_[other];
  return class_number(both);
}

uint16_t AnchorTable::only_byte(uint16_t number) const {
  const regex::ByteSet& set = classes_[number];
  if (set.count() != 1) return kManyBytes;
  uint16_t byte = 0;
  while (!set[byte]) ++byte;
  return byte;
}

// A guard that lets pass whatever one of the hooks' lets pass.
AnchorTable::Guard AnchorTable::gate_of(const std::vector<Hook>& hooks) {
  Guard gate = guards_[hooks[0].guard];
  for (const Hook& hook : hooks) {
    const Guard& guard = guards_[hook.guard];
    gate.may_begin_text |= guard.may_begin_text;
    gate.before = joined(gate.before, guard.before);
    gate.count = std::min(gate.count, guard.count);
    for (size_t i = 0; i < gate.count; ++i) gate.after[i] = joined(gate.after[i], guard.after[i]);
    gate.run = joined(gate.run, guard.run);
    gate.run_length = std::min(gate.run_length, guard.run_length);
    gate.run_from = std::min(gate.run_from, guard.run_from);
    gate.run_to = std::max(gate.run_to, guard.run_to);
    gate.until = joined(gate.until, guard.until);
    gate.through = joined(gate.through, guard.through);
    gate.until_within = std::max(gate.until_within, guard.until_within);
  }
  if (gate.until != kAnyByte) describe_way(gate);
  return gate;
}

void AnchorTable::describe_way(Guard& guard) const {
  guard.only_until = only_byte(guard.until);
  if (guard.only_until == kManyBytes) return;
  guard.stops.fill(static_cast<char>(guard.only_until));
  size_t count = 0;
  for (const char byte : std::string_view("/ \n\"'<>|)],;?#")) {
    if (count == guard.stops.size()) break;
    if (in_class(byte, guard.through) || in_class(byte, guard.until)) continue;
    guard.stops[count++] = byte;
  }
}

void AnchorTable::seal() {
  std::vector<ClassSet> class_sets;  // by number of a class
  for (const regex::ByteSet& set : classes_) class_sets.push_back(classes_of(set));
  for (size_t literal = 0; literal < literals_.size(); ++literal) {
    const std::vector<Hook>& hooks = added_[literal];
    Entry entry{.first_hook = static_cast<uint32_t>(hooks_.size()),
                .hooks = static_cast<uint32_t>(hooks.size()),
                .keyword = keywords_[literal],
                .length = static_cast<uint32_t>(literals_[literal].bytes.size())};
    if (entry.keyword == kNoKeyword) describe_neighbours(hooks, class_sets, literals_[literal]);
    if (hooks.size() == 1) {
      entry.gate = hooks[0].guard;
      hooks_.push_back({.rule = hooks[0].rule, .guard = kTested});
    } else if (!hooks.empty()) {
      const Guard gate = gate_of(hooks);
      entry.gate = static_cast<uint32_t>(guards_.size());
      guards_.push_back(gate);
      hooks_.insert(hooks_.end(), hooks.begin(), hooks.end());
    }
    entries_.push_back(entry);
  }
  added_.clear();
}

// What some hook of the literal lets pass beside it.
void AnchorTable::describe_neighbours(const std::vector<Hook>& hooks,
                                      std::span<const ClassSet> class_sets,
                                      Literal& literal) const {
  if (hooks.empty()) return;
  literal.before = 0;
  literal.may_begin_text = false;
  uint32_t count = kMaxAfter;
  for (const Hook& hook : hooks) {
    const Guard& guard = guards_[hook.guard];
    literal.before |= class_sets[guard.before];
    literal.may_begin_text |= guard.may_begin_text;
    count = std::min<uint32_t>(count, guard.count);
  }
  literal.after.resize(count);
  for (uint32_t i = 0; i < count; ++i) {
    for (const Hook& hook : hooks) literal.after[i] |= class_sets[guards_[hook.guard].after[i]];
  }
}

// Whether one of the stops comes before the byte in the next few bytes, in which both often are.
[[gnu::always_inline]] inline bool stops_before(const char* text, char byte,
                                                const std::array<char, 4>& stops) {
  constexpr size_t kFew = 32;
  constexpr size_t kVector = sizeof(__m128i);
  static_assert(kFew <= PaddedText::kPadding);
  uint32_t reached = 0;
  uint32_t stopped = 0;
  for (size_t i = 0; i < kFew; i += kVector) {
    const __m128i chars = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + i));
    const auto bits = [](__m128i same) { return static_cast<uint32_t>(_mm_movemask_epi8(same)); };
    reached |= bits(_mm_cmpeq_epi8(chars, _mm_set1_epi8(byte))) << i;
    const __m128i some = _mm_or_si128(_mm_cmpeq_epi8(chars, _mm_set1_epi8(stops[0])),
                                      _mm_cmpeq_epi8(chars, _mm_set1_epi8(stops[1])));
    const __m128i others = _mm_or_si128(_mm_cmpeq_epi8(chars, _mm_set1_epi8(stops[2])),
                                        _mm_cmpeq_epi8(chars, _mm_set1_epi8(stops[3])));
    stopped |= bits(_mm_or_si128(some, others)) << i;
  }
  // The lowest bit of the two is a stop's.
  return ((stopped & (0 - stopped)) - 1) < ((reached & (0 - reached)) - 1);
}

bool AnchorTable::reaches_until(const Guard& test, PaddedView padded, size_t end) const {
  const std::string_view text = padded.text();
  size_t stop = std::min(text.size(), end + test.until_within + 1);
  if (test.only_until != kManyBytes) {  // seldom in sight, and then nothing else matters
    const auto byte = static_cast<char>(test.only_until);
    if (stops_before(padded.data() + end, byte, test.stops)) return false;
    const std::string_view sight = text.substr(end, stop - end);
    const size_t at = sight.find(byte);
    if (at == std::string_view::npos) return false;
    stop = end + at + 1;
  }
  for (size_t at = end; at < stop; ++at) {
    if (in_class(text[at], test.until)) return true;
    if (!in_class(text[at], test.through)) return false;
  }
  return false;
}

// Looks at the last byte that a run would have, and skips all of it when that byte does not fit.
bool AnchorTable::has_run(const Guard& test, std::string_view text, size_t end) const {
  size_t begin = end + test.run_from;
  while (begin <= end + test.run_to && begin + test.run_length <= text.size()) {
    size_t at = begin + test.run_length;
    while (at > begin && in_class(text[at - 1], test.run)) --at;
    if (at == begin) return true;
    begin = at;
  }
  return false;
}

}  // namespace spillguard::detect
