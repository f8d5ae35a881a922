// Which anchors there are, which rules each of them wakes, and the cheap test of an anchor's
// neighbours that most accidental hits fail before PCRE2 is asked.
//
// Thread-safety: immutable once built.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/padded_text.h"
#include "detect/literal_index.h"
#include "regex/shape.h"

namespace spillguard::detect {

class AnchorTable {
 public:
  // A rule that an anchor wakes, if the neighbours fit.
  struct Hook {
    uint32_t rule = 0;
    uint32_t guard = 0;  // for passes(), or kTested
  };
  // No guard: may_wake() tested it.
  static constexpr uint32_t kTested = UINT32_MAX;

  // Adds an anchor of a rule. Rules come in ascending order.
  void add(uint32_t rule, const std::string& anchor, bool ignore_case,
           const regex::AnchorGuard& guard);

  // Adds a keyword of a detector, found in any case.
  void add_keyword(uint32_t keyword, std::string_view text);

  // When all are added: lays them out for the functions below.
  void seal();

  [[nodiscard]] const std::vector<Literal>& literals() const { return literals_; }
  [[nodiscard]] std::span<const Hook> hooks(uint32_t literal) const {
    const Entry& entry = entries_[literal];
    return std::span(hooks_).subspan(entry.first_hook, entry.hooks);
  }
  // The keyword that a literal is, or kNoKeyword.
  static constexpr uint32_t kNoKeyword = UINT32_MAX;
  [[nodiscard]] uint32_t keyword(uint32_t literal) const { return entries_[literal].keyword; }
  [[nodiscard]] uint32_t length(uint32_t literal) const { return entries_[literal].length; }

  // False when the bytes around the literal at [begin, end) fail the guards of all its hooks.
  [[nodiscard]] bool may_wake(uint32_t literal, PaddedView text, size_t begin, size_t end) const {
    const Entry& entry = entries_.data()[literal];
    return entry.hooks != 0 && stands(entry.gate, text, begin, end);
  }

  // Whether the bytes around the anchor at [begin, end) of the text can belong to a match of the
  // hook's rule.
  [[nodiscard]] bool passes(const Hook& hook, PaddedView text, size_t begin, size_t end) const {
    return hook.guard == kTested || stands(hook.guard, text, begin, end);
  }

 private:
  static constexpr uint32_t kMaxAfter = 24;
  static constexpr uint16_t kAnyByte = 0;      // the class of all bytes
  static constexpr uint16_t kManyBytes = 256;  // as the only byte of a class: it has others

  struct alignas(64) Guard {
    bool may_begin_text = true;
    uint16_t before = kAnyByte;
    // As in regex::AnchorGuard.
    uint16_t run = kAnyByte;
    uint32_t run_length = 0;
    uint32_t run_from = 0;
    uint32_t run_to = 0;
    uint16_t until = kAnyByte;
    uint16_t only_until = kManyBytes;  // the only byte of `until`
    uint16_t through = kAnyByte;
    std::array<char, 4> stops{};  // some bytes, with `only_until` or else alike, that end the way
    uint32_t until_within = 0;
    uint16_t count = 0;
    std::array<uint16_t, kMaxAfter> after{};
    friend bool operator==(const Guard&, const Guard&) = default;
  };

  // What every hit of a literal looks up, in one place.
  struct Entry {
    uint32_t first_hook = 0;
    uint32_t hooks = 0;
    uint32_t keyword = kNoKeyword;
    uint32_t length = 0;
    uint32_t gate = 0;  // the guard of the only hook, or one that lets pass what some hook's does
  };

  [[nodiscard]] bool in_class(char byte, uint16_t number) const {
    return classes_.data()[number][static_cast<unsigned char>(byte)];
  }
  // Whether the bytes around a place are as a guard asks. Most lack the run or the byte that the
  // text must reach, and these are told by few bytes.
  [[nodiscard]] bool stands(uint32_t guard, PaddedView padded, size_t begin, size_t end) const {
    const Guard& test = guards_.data()[guard];
    const std::string_view text = padded.text();
    if (begin == 0) {
      if (!test.may_begin_text) return false;
    } else if (!in_class(text[begin - 1], test.before)) {
      return false;
    }
    if (text.size() - end < test.count) return false;
    if (test.run_length != 0 && !has_run(test, text, end)) return false;
    if (test.until != kAnyByte && !reaches_until(test, padded, end)) return false;
    for (uint32_t i = 0; i < test.count; ++i) {
      if (!in_class(text[end + i], test.after.data()[i])) return false;
    }
    return true;
  }
  [[nodiscard]] bool reaches_until(const Guard& test, PaddedView text, size_t end) const;
  [[nodiscard]] bool has_run(const Guard& test, std::string_view text, size_t end) const;
  uint32_t literal_number(std::string_view text, bool ignore_case);
  void describe_neighbours(const std::vector<Hook>& hooks, std::span<const ClassSet> class_sets,
                           Literal& literal) const;
  uint16_t class_number(const regex::ByteSet& set);
  uint16_t class_number_anew(const regex::ByteSet& set);
  uint16_t joined(uint16_t one, uint16_t other);
  uint16_t only_byte(uint16_t number) const;
  void describe_way(Guard& guard) const;
  Guard guard_of(const regex::AnchorGuard& guard);
  Guard gate_of(const std::vector<Hook>& hooks);

  std::vector<Literal> literals_;
  std::vector<std::vector<Hook>> added_;  // hooks by literal, up to seal()
  std::vector<uint32_t> keywords_;        // by literal
  std::vector<Entry> entries_;            // by literal
  std::vector<Hook> hooks_;               // of all literals, those of one in a row
  std::map<std::pair<std::string, bool>, uint32_t> numbers_;
  std::vector<Guard> guards_;
  // Few sets of bytes occur in all rules, so they have numbers.
  std::vector<regex::ByteSet> classes_ = {~regex::ByteSet()};
  std::unordered_map<regex::ByteSet, uint16_t> class_numbers_ = {{~regex::ByteSet(), kAnyByte}};
  uint16_t last_class_ = kAnyByte;  // that was asked for
};

}  // namespace spillguard::detect
