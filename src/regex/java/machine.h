// Runs a program (program.h) as java.util.regex.Matcher would run the nodes: a step calls others
// and does what is left when they return. The calls are kept on a stack of our own, so that the
// depth is bounded by a limit and not by the thread's stack; steps are counted and limited, too.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/span.h"
#include "regex/java/program.h"

namespace spillguard::regex::java {

class Machine {
 public:
  static constexpr size_t npos = static_cast<size_t>(-1);
  static constexpr size_t kMaxDepth = 200'000;  // calls in one another

  static constexpr size_t kMaxRemembered = 200'000;  // places that loops remember
  static constexpr uint64_t kStepsOfAPoint = 4;      // for a backtracking point of PCRE2

  enum class Outcome { kMatch, kNoMatch, kLimit };

  // Begins a search, as find() does: captures are forgotten. `last_end`: where the match before
  // ended, where \G holds. The text is valid UTF-8; it and the program must outlive the search.
  void begin(const Program& program, std::string_view text, size_t last_end);

  // A match that begins at `at`. Captures of earlier tries of the same search may be seen by back
  // references, as in Java. kLimit: more than `limit` steps were needed, or too many calls.
  Outcome match_at(size_t at, uint64_t limit);

  // False when no match can begin there, in time that is worth no step. What tries would have left
  // for later ones is not done then.
  [[nodiscard]] bool may_begin(size_t at) const;

  // Of the last match; begin == end == npos when the group took no part.
  [[nodiscard]] Span group(uint32_t number) const {
    return number < groups_.size() ? groups_[number] : Span{npos, npos};
  }
  // Of the last match_at().
  [[nodiscard]] uint64_t steps() const { return steps_; }

 private:
  // What a step waits for.
  enum Stage : uint32_t {
    kBody,      // the only thing it calls, or the first
    kRequired,  // one of the rounds that must be
    kFirst,     // the first one more
    kMore,      // another
    kNested,    // the rest behind a round of another length
    kBack,      // what follows, after so many rounds
    kNext,      // what follows
    kLast,      // whatever it is, its result is the step's
  };
  // A step that waits for one that it called. What the numbers are is the step's affair.
  struct Call {
    uint32_t step;
    Stage stage;
    size_t at;
    size_t rounds;
    size_t width;
    size_t least;
    Span saved;
  };

  void call(uint32_t step, size_t at) {
    step_ = step;
    at_ = at;
    returning_ = false;
  }
  void give(bool result) {
    result_ = result;
    returning_ = true;
  }
  // The result of the topmost call is that of `step`.
  void replace(uint32_t step, size_t at) {
    calls_.pop_back();
    call(step, at);
  }
  void finish(bool result) {
    calls_.pop_back();
    give(result);
  }
  void wait(Stage stage, size_t at) { calls_.push_back({step_, stage, at, 0, 0, 0, {0, 0}}); }
  void pass_if(bool holds) {
    if (holds) {
      call(program_->steps[step_].next, at_);
    } else {
      give(false);
    }
  }

  void enter();
  void resume();
  void enter_set(const Step& step);
  void enter_greedy(const Step& step);
  void enter_curly(const Step& step);
  void enter_group_curly(const Step& step);
  void enter_prolog(const Step& loop);
  void enter_loop(const Step& step);
  void enter_tail(const Step& step);
  void enter_behind(const Step& step);
  void enter_back_reference(const Step& step);
  void enter_line_break(const Step& step);
  void resume_greedy(const Step& step, Call& mine);
  void resume_curly(const Step& step, Call& mine);
  void resume_greedy_curly(const Step& step, Call& mine);
  void resume_group_curly(const Step& step, Call& mine);
  void resume_greedy_group(const Step& step, Call& mine);
  void another_round(const Step& step, Call& mine);
  void resume_question(const Step& step, Call& mine);
  void resume_prolog(const Step& loop, Call& mine);
  void resume_loop(const Step& step, Call& mine);
  void resume_behind(const Step& step, Call& mine);
  void curly_rest(const Step& step, size_t at, size_t rounds);
  void group_rest(const Step& step, size_t at, size_t rounds);
  void more_rounds(const Step& step, Call& mine);
  void back_off(const Step& step, Call& mine) {
    mine.stage = kBack;
    call(step.next, mine.at);
  }
  void back_off_group(const Step& step, Call& mine);
  void forget();
  void set_group(const Step& step, size_t begin, size_t end) {
    if (step.group != 0) groups_[step.group] = {begin, end};
  }

  [[nodiscard]] std::optional<size_t> farthest_behind(const Step& step) const;
  [[nodiscard]] bool holds(const Step& step);
  [[nodiscard]] bool is_line_begin(const Step& step) const;
  [[nodiscard]] bool is_line_end(const Step& step) const;
  [[nodiscard]] bool is_last_line_end(const Step& step) const;
  [[nodiscard]] bool is_word_edge(const Step& step);
  [[nodiscard]] bool is_word(const Step& step, size_t at, bool from_behind);
  [[nodiscard]] bool has_base(size_t at, bool from_behind);
  [[nodiscard]] bool is_cluster_edge() const;
  // Java's length of a text, in units of UTF-16, and the way back over so many.
  [[nodiscard]] size_t width_between(size_t begin, size_t end);
  [[nodiscard]] size_t back_over(size_t at, size_t width);

  const Program* program_ = nullptr;
  std::string_view text_;
  size_t last_match_ = 0;    // where \G holds
  size_t last_ = 0;          // where the last part ended that was matched on its own
  size_t behind_to_ = npos;  // where the look-behind stands that is being matched
  std::vector<Span> groups_;
  std::vector<size_t> locals_;
  std::vector<std::unordered_set<size_t>> memos_;
  size_t remembered_ = 0;  // places in all memos
  std::vector<Call> calls_;
  uint32_t step_ = 0;
  size_t at_ = 0;
  bool returning_ = false;
  bool result_ = false;
  uint64_t steps_ = 0;
};

}  // namespace spillguard::regex::java
