// A rule ready to run, and the confirmation of it in a window of text.
// Thread-safety: immutable; the scratch is the caller's.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "detect/engine.h"
#include "detect/filters.h"
#include "detect/lazy_pattern.h"
#include "detect/rule.h"
#include "regex/pattern.h"
#include "regex/shape.h"

namespace spillguard::detect {

// Where matches of a rule are looked for, and how it went so far in this text.
struct Window {
  size_t begin = 0;  // the first byte that a match may begin at
  size_t last = 0;   // the last one: where an anchor begins
  size_t reach = 0;  // what the pattern gets to see ends here, and a little behind it
};

// What a rule carries from window to window of one text.
struct Progress {
  size_t done = 0;  // no later match may begin before this, so that none is begun twice at one byte
  int limits = 0;   // how often it ran into PCRE2's limits; too often, and it is given up
};

class FindRule;

class CompiledRule {
 public:
  // Errors name the rule. `number` is its index in the engine. The pattern of a prepared rule is
  // known to compile and is compiled when a text first needs it.
  static Result<CompiledRule> compile(const Rule& rule, uint32_t number);

  // Of a rule that a detector finds: it has a rank among rules, and no pattern to confirm.
  static Result<CompiledRule> of_detector(const Rule& rule, uint32_t number);

  [[nodiscard]] uint32_t before() const { return before_; }
  [[nodiscard]] uint32_t after() const { return after_; }
  [[nodiscard]] uint32_t longest_anchor() const { return longest_anchor_; }
  [[nodiscard]] const regex::AnchorPlan& plan() const { return plan_; }
  [[nodiscard]] const std::vector<std::string>& anchors() const { return anchors_; }
  [[nodiscard]] bool anchors_ignore_case() const { return ignore_case_; }
  // Not null: a rule that is searched for in whole texts, and confirm() is not for it.
  [[nodiscard]] const std::shared_ptr<const FindRule>& find_rule() const { return find_rule_; }
  // Among rules with the same secret, the one with the greater value is primary.
  [[nodiscard]] uint64_t specificity() const { return specificity_; }

  // Appends the matches that begin in the window and pass the filters. Matches do not overlap each
  // other but may reach out of the window, up to the length that protects us.
  void confirm(std::string_view text, const Window& window, Progress& progress,
               regex::MatchScratch& scratch, ScanResult& result) const;

 private:
  explicit CompiledRule(LazyPattern pattern, CompiledFilters filters)
      : pattern_(std::move(pattern)), filters_(std::move(filters)) {}
  // The span of the secret in the match that the scratch holds.
  [[nodiscard]] static Span secret_of(uint32_t group, const regex::MatchScratch& scratch,
                                      const Span& match);

  static CompiledRule of(const Rule& rule, std::shared_ptr<const FindRule> find_rule,
                         CompiledFilters filters);

  std::shared_ptr<const FindRule> find_rule_;
  std::vector<std::string> anchors_;
  bool ignore_case_ = false;
  LazyPattern pattern_;
  CompiledFilters filters_;
  regex::AnchorPlan plan_;
  uint32_t number_ = 0;
  uint32_t before_ = 0;
  uint32_t after_ = 0;
  uint32_t longest_anchor_ = 0;
  uint32_t look_ahead_ = 0;
  uint64_t specificity_ = 0;
};

// Moves the ends of a span inwards to the edges of UTF-8 characters, so that a cut character never
// gets into a report. Bytes that are no UTF-8 stay as they are.
Span clip_to_characters(std::string_view text, Span span);

}  // namespace spillguard::detect
