// Compiled regular expressions: PCRE2 in byte mode with JIT, under limits.
//
// Thread-safety: a Pattern is immutable and may be matched by any number of threads, each with a
// MatchScratch of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/span.h"

struct pcre2_real_code_8;
struct pcre2_real_match_data_8;
struct pcre2_real_match_context_8;
struct pcre2_real_jit_stack_8;

namespace spillguard::regex {

namespace java {
class Machine;
}

struct PatternOptions {
  bool ignore_case = false;
  bool utf = false;       // off: `.` and classes stand for bytes, \w \d \b are ASCII
  bool attempts = false;  // it will be used with attempt()
};

// What bounds one match call. All are PCRE2's own counters.
struct MatchLimits {
  uint32_t match = 200'000;       // backtracking points
  uint32_t depth = 10'000;        // nesting, interpreter only
  uint32_t heap_kib = 4'096;      // interpreter only
  size_t jit_stack = 512 * 1024;  // bytes, most the JIT code may use
};

enum class MatchOutcome { kMatch, kNoMatch, kLimit };

// One search whose work is bounded; see Pattern::attempt().
struct Attempt {
  size_t from = 0;           // the first byte that a match may begin at
  size_t last = 0;           // the last one
  bool cut = false;          // the subject is the begin of a longer text
  uint32_t match_limit = 0;  // backtracking points from each byte
};
enum class AttemptOutcome {
  kMatch,
  kNoMatch,
  kMoreText,  // cut: a search from group(0).begin needs to see what follows; none before it matches
  kMatchLimit,  // more backtracking is needed from some byte
  kOutOfMemory  // more stack than the scratch has is needed from some byte
};

// What was asked of Pattern::match(): in step with its time, but the same on every machine.
struct MatchWork {
  uint64_t calls = 0;
  uint64_t bytes = 0;  // from where a call began to where its match ended, or to the last begin
};

// Match data, limits and JIT stack of one thread.
class MatchScratch {
 public:
  explicit MatchScratch(const MatchLimits& limits = {});
  ~MatchScratch();
  MatchScratch(MatchScratch&&) noexcept;
  MatchScratch& operator=(MatchScratch&&) noexcept;

  // Of the last kMatch: where a group stands; begin == end == npos when it did not take part.
  [[nodiscard]] Span group(uint32_t number) const;
  static constexpr size_t npos = static_cast<size_t>(-1);
  // Of all calls so far.
  [[nodiscard]] const MatchWork& work() const { return work_; }
  // For Java patterns that PCRE2 can not express; made when it is first asked for.
  [[nodiscard]] java::Machine& machine();
  [[nodiscard]] uint32_t match_limit() const { return match_limit_; }

 private:
  friend class Pattern;
  struct Free {
    void operator()(pcre2_real_match_data_8* data) const;
    void operator()(pcre2_real_match_context_8* context) const;
    void operator()(pcre2_real_jit_stack_8* stack) const;
    void operator()(java::Machine* machine) const;
  };
  std::unique_ptr<pcre2_real_jit_stack_8, Free> stack_;
  std::unique_ptr<pcre2_real_match_context_8, Free> context_;
  std::unique_ptr<pcre2_real_match_data_8, Free> data_;
  std::unique_ptr<java::Machine, Free> machine_;
  uint32_t match_limit_ = 0;
  MatchWork work_;
};

class Pattern {
 public:
  static constexpr uint32_t kMaxGroups = 63;

  // kInvalidArgument with the position, the reason and a caret under the place.
  static Result<Pattern> compile(std::string_view pattern, const PatternOptions& options = {});

  // The leftmost match that begins at or after `from` and at or before `last`. Bytes before `from`
  // are seen by \b and look-behind. `more_follows`: the subject was cut, so its end is no end of a
  // line or text for `$`.
  MatchOutcome match(std::string_view subject, size_t from, size_t last, bool more_follows,
                     MatchScratch& scratch) const;
  // The same search in a subject that may be the begin of a text: whatever it says is so in the
  // whole text, too. In UTF mode the subject is valid UTF-8 and `from` stands on a character.
  AttemptOutcome attempt(std::string_view subject, const Attempt& what,
                         MatchScratch& scratch) const;
  MatchOutcome match(std::string_view subject, size_t from, MatchScratch& scratch) const {
    return match(subject, from, subject.size(), false, scratch);
  }

  // The number of a named group, 0 when there is none of that name.
  [[nodiscard]] uint32_t group_number(const char* name) const;
  [[nodiscard]] uint32_t group_count() const { return groups_; }
  [[nodiscard]] bool can_match_empty() const { return can_match_empty_; }
  // The last place of the text where a byte stands that every match holds; text.size() when no byte
  // is known to be such a one, nullopt when there is none. A match begins at or before it.
  [[nodiscard]] std::optional<size_t> last_begin(std::string_view text) const;
  [[nodiscard]] bool has_jit() const { return jit_; }

 private:
  struct Free {
    void operator()(pcre2_real_code_8* code) const;
  };
  Pattern() = default;
  std::unique_ptr<pcre2_real_code_8, Free> code_;
  uint32_t groups_ = 0;
  bool jit_ = false;
  bool can_match_empty_ = false;
  // A byte that every match holds, in either case, as two; -1 when none is known.
  int needed_ = -1;
  int needed_in_other_case_ = -1;
};

}  // namespace spillguard::regex
