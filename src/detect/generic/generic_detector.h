// The detector of secrets that only the words around them name: passwords, tokens and keys in
// settings, code, logs, tables and prose. Anchors give hits, the reader of structure gives
// candidates, the model weighs them.
//
// Thread-safety: a detector is immutable; each thread has a GenericScratch.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/span.h"
#include "detect/engine.h"
#include "detect/generic/model.h"
#include "detect/generic/reader.h"
#include "detect/rule.h"

namespace spillguard::detect::generic {

// The name of the detector in rules.
inline constexpr std::string_view kDetectorName = "generic";

// Working memory of one thread. Reused from scan to scan.
class GenericScratch {
 private:
  friend class GenericDetector;
  struct Found {
    uint32_t text = 0;
    Match match;
  };
  // A candidate that the model weighs.
  struct Weighing {
    uint32_t candidate = 0;  // of the reader's
    uint32_t rule = 0;
    Model::Trial trial;
  };
  HitReader reader_;
  std::vector<Weighing> weighings_;
  std::vector<Found> found_;    // by texts
  size_t next_ = 0;             // of them
  std::vector<Match> matches_;  // of one text
};

class GenericDetector {
 public:
  // Which noun of a value belongs to the rule of this name; nothing for other names.
  static std::optional<Noun> noun_of_rule(std::string_view rule_name);
  // The anchors, in any case; hits name them by their index.
  static std::span<const std::string_view> keywords();

  // A detector that reports nothing until rules are added.
  GenericDetector() { rule_of_noun_.fill(kNoRule); }
  // Reports values of the rule's noun under its number in the engine. kInvalidArgument names a rule
  // that has none.
  Status add_rule(const Rule& rule, uint32_t number);
  // Whether any rule wants to know.
  [[nodiscard]] bool in_use() const { return in_use_; }

  // Whether a hit may have a value: false for most, by the few bytes around it.
  static bool may_read(std::string_view text, uint32_t keyword, Span hit);

  // A scan of some texts: begin(), the hits that may have a value, all together or those of a part
  // of a text at a time, in the order of the texts; and then, text by text in this order, finish(),
  // which appends the matches to the result.
  static void begin(GenericScratch& scratch) {
    scratch.found_.clear();
    scratch.next_ = 0;
  }
  void read(std::span<const KeywordHit> hits, GenericScratch& scratch) const;
  static void finish(uint32_t text, GenericScratch& scratch, ScanResult& result);
  // Whether something was found in a text that is not finished.
  static bool found_in(uint32_t text, const GenericScratch& scratch) {
    return scratch.next_ < scratch.found_.size() && scratch.found_[scratch.next_].text == text;
  }
  // Takes the matches of this detector out of the result where another rule's secret overlaps
  // theirs without being the same: what a pattern knows is better than what the words around say.
  void yield_to_patterns(std::span<const Rule> rules, std::vector<Match>& matches) const;

 private:
  static constexpr uint32_t kNoRule = UINT32_MAX;
  static constexpr size_t kNouns = static_cast<size_t>(Noun::kCredential) + 1;

  std::array<uint32_t, kNouns> rule_of_noun_{};
  bool in_use_ = false;
};

}  // namespace spillguard::detect::generic
