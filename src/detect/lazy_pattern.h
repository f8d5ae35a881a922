// The pattern of a rule. One that is known to compile is compiled when a text first needs it: most
// rules are woken by no text of a short run.
//
// Thread-safety: any number of threads may ask at once; one of them compiles.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "regex/pattern.h"

namespace spillguard::detect {

class LazyPattern {
 public:
  struct Ready {
    regex::Pattern pattern;
    uint32_t secret_group = 0;  // `secret`, else 1, else 0
  };

  // Compiles at once: for what nobody tried yet. Errors are those of regex::Pattern, and patterns
  // that match nothing at all are refused.
  static Result<LazyPattern> now(std::string_view pattern, const regex::PatternOptions& options);
  // Compiles at the first ready(): for what now() took before.
  static LazyPattern later(std::string_view pattern, const regex::PatternOptions& options);

  ~LazyPattern();
  LazyPattern(LazyPattern&&) noexcept;
  LazyPattern& operator=(LazyPattern&&) noexcept;

  // Null only when a pattern that was taken before is not taken now, for example by another version
  // of PCRE2. Valid as long as this object is, wherever that is moved.
  [[nodiscard]] const Ready* ready() const;

 private:
  struct State;
  explicit LazyPattern(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace spillguard::detect
