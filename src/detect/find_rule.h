// Rules that are searched for in whole texts as java.util.regex.Matcher.find() does it: those in
// Java's syntax, and PCRE2 patterns without anchors. Anchors of a Java pattern are derived; where
// none can be, motifs say where a match may begin, and else it may begin anywhere. The work of a
// rule on a text is counted and bounded by the text's length (regex/finder.h); a rule over its
// limit is reported so in ScanResult::limits, once for a text, and what it found before stays.
//
// Thread-safety: a FindRule and a FindStage are immutable once built; a FindScratch belongs to one
// thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/padded_text.h"
#include "detect/compiled_rule.h"
#include "detect/engine.h"
#include "detect/filters.h"
#include "detect/motif_index.h"
#include "detect/rule.h"
#include "regex/finder.h"
#include "regex/java/java_pattern.h"
#include "regex/pattern.h"
#include "regex/shape.h"

namespace spillguard::detect {

// What find rules keep of one text.
class FindScratch {
 public:
  explicit FindScratch(size_t rules) : places_(rules), windows_(rules) {}

 private:
  friend class FindStage;
  struct OpenWindow {
    bool open = false;
    Window window;
  };
  void begin(std::string_view text);
  // The text, or a copy of equal length with U+001A for each byte that is no part of valid UTF-8.
  std::string_view valid_text();

  std::string_view text_;
  bool checked_ = false;
  bool valid_ = false;
  std::string copy_;
  std::vector<regex::FindPlace> places_;  // by the stage's rules
  std::vector<OpenWindow> windows_;       // the same, of rules with motifs
};

class FindRule {
 public:
  // Whether a rule is one of these.
  static bool serves(const Rule& rule);
  // Errors name the rule; those of a Java pattern show the place.
  static Result<std::shared_ptr<const FindRule>> compile(const Rule& rule, uint32_t number);
  FindRule(const FindRule&) = delete;
  FindRule& operator=(const FindRule&) = delete;
  ~FindRule() = default;

  // Literals of which each match holds one; empty when there are none.
  [[nodiscard]] const std::vector<std::string>& anchors() const { return anchors_; }
  [[nodiscard]] bool anchors_ignore_case() const { return ignore_case_; }
  [[nodiscard]] const regex::AnchorPlan& plan() const { return plan_; }
  // Of patterns without anchors; empty when a match may begin anywhere.
  [[nodiscard]] const std::vector<regex::Motif>& motifs() const { return motifs_; }
  [[nodiscard]] bool utf() const { return java_ && java_->utf(); }
  [[nodiscard]] uint32_t number() const { return number_; }

  // Appends the matches that begin in [first, last], in order, from the place on.
  void find(std::string_view text, size_t first, size_t last, regex::FindPlace& place,
            regex::MatchScratch& scratch, ScanResult& result) const;

 private:
  explicit FindRule(CompiledFilters filters) : filters_(std::move(filters)) {}
  void look_at(const Rule& rule);
  bool next(std::string_view text, size_t first, size_t last, regex::FindPlace& place,
            regex::MatchScratch& scratch, Span& match) const;
  [[nodiscard]] Span secret_of(const regex::MatchScratch& scratch, const Span& match) const;

  std::optional<regex::JavaPattern> java_;
  std::optional<regex::Pattern> pattern_;  // when it is not Java's
  CompiledFilters filters_;
  uint32_t number_ = 0;
  uint32_t group_ = 0;
  std::vector<std::string> anchors_;
  bool ignore_case_ = false;
  regex::AnchorPlan plan_;
  std::vector<regex::Motif> motifs_;
};

// All find rules of an engine.
class FindStage {
 public:
  // `rules`: how many the engine has, find rules or not.
  explicit FindStage(size_t rules = 0) : index_of_(rules, kNone) {}
  void add(std::shared_ptr<const FindRule> rule);

  [[nodiscard]] bool empty() const { return rules_.empty(); }
  [[nodiscard]] bool serves(uint32_t rule) const { return index_of_[rule] != kNone; }
  [[nodiscard]] FindScratch make_scratch() const { return FindScratch(rules_.size()); }
  // First of all on a text, which stays where it is until it is done.
  void begin(std::string_view text, FindScratch& memory) const {
    if (!rules_.empty()) memory.begin(text);
  }
  // A window around anchors; those of a rule come in ascending order.
  void confirm(uint32_t rule, const Window& window, FindScratch& memory,
               regex::MatchScratch& scratch, ScanResult& result) const;
  // The rules without anchors.
  void sweep(PaddedView text, FindScratch& memory, regex::MatchScratch& scratch,
             ScanResult& result) const;

 private:
  static constexpr uint32_t kNone = UINT32_MAX;
  void find(uint32_t index, const Window& window, FindScratch& memory, regex::MatchScratch& scratch,
            ScanResult& result) const;

  std::vector<std::shared_ptr<const FindRule>> rules_;
  std::vector<uint32_t> reach_;       // of a rule's motifs: the greatest `before`
  std::vector<uint32_t> index_of_;    // rules_' index, by the engine's rule
  std::vector<uint32_t> everywhere_;  // those whose matches may begin anywhere
  MotifIndex motifs_;
};

}  // namespace spillguard::detect
