// What decides about a confirmed match besides its pattern: entropy, stop words, context,
// validators. Thread-safety: pure functions; CompiledFilters are immutable.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "detect/rule.h"
#include "detect/validators.h"

namespace spillguard::detect {

// Shannon's entropy of the bytes of a text, in bits a byte; 0 for an empty one.
double shannon_entropy(std::string_view text);

// Whether a lower-case word stands in the text in any case (ASCII).
bool contains_ignore_case(std::string_view text, std::string_view lower_case_word);

// The filters of one rule, ready to run.
class CompiledFilters {
 public:
  // kInvalidArgument names a validator that does not exist.
  static Result<CompiledFilters> compile(const Rule& rule);

  // Whether all hold; entropy is that of the secret.
  [[nodiscard]] bool accept(const Candidate& candidate, double entropy) const;

 private:
  CompiledFilters() = default;
  [[nodiscard]] bool in_context(const Candidate& candidate) const;

  double min_entropy_ = 0;
  std::vector<std::string> stop_words_;  // lower case
  std::vector<std::string> context_;     // lower case
  size_t context_reach_ = 0;
  std::vector<ValidatorFunction> validators_;
};

}  // namespace spillguard::detect
