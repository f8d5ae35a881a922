// How likely a candidate is a secret: what its value plainly is, and then a logistic regression
// over features of value, key and context. All arithmetic is in whole numbers, so that a score, and
// with it every finding, is the same on every machine. The weights are data
// (rules/generic_model.txt, written by tools/train_generic.py).
//
// Thread-safety: a Model is immutable once made; scoring allocates nothing.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "detect/generic/candidate.h"
#include "detect/generic/features.h"
#include "detect/generic/letter_model.h"
#include "detect/generic/value_class.h"

namespace spillguard::detect::generic {

// What one feature added to a score.
struct Contribution {
  std::string_view name;    // lives as long as the program
  double value = 0;         // of the feature
  double contribution = 0;  // to the log odds
};

// A score with its reasons.
struct Explanation {
  double score = 0;
  ValueClass value_class = ValueClass::kOpaque;
  std::vector<Contribution> contributions;  // largest first, zeros left out
};

class Model {
 public:
  // The weights compiled into this program. Broken ones are a programmer's error.
  static const Model& built_in();
  // Reads weights. Errors name the line.
  static Result<Model> parse(std::string_view data);

  // The score of a candidate that reaches its threshold, in three steps, for who has many
  // candidates and takes a step with all of them: the first two tell most that have none, at less
  // cost.
  struct Trial {
    ValueClass value_class = ValueClass::kOpaque;
    FeatureVector features{};
    int64_t near = 0;  // what the quick features come to
  };
  static bool has_form(std::string_view text, const Candidate& candidate, Trial& trial);
  [[nodiscard]] bool may_reach(std::string_view text, const Candidate& candidate,
                               Trial& trial) const;
  [[nodiscard]] std::optional<double> reach(std::string_view text, const Candidate& candidate,
                                            Trial& trial) const;
  // 0 … 1; exactly 0 where the value plainly is no secret.
  [[nodiscard]] double score(std::string_view text, const Candidate& candidate) const;
  // What a score must reach for a finding.
  [[nodiscard]] double threshold(const Candidate& candidate) const;
  // The score again, with its reasons.
  [[nodiscard]] Explanation explain(std::string_view text, const Candidate& candidate) const;
  // What the value plainly is, by its form and its key.
  [[nodiscard]] static ValueClass classify(std::string_view text, const Candidate& candidate);
  // The features as the regression sees them, for training.
  [[nodiscard]] FeatureVector features(std::string_view text, const Candidate& candidate) const;

  // Changes with the weights: a part of the rules' version.
  [[nodiscard]] const std::string& version() const { return version_; }

 private:
  Model() = default;
  [[nodiscard]] int64_t weigh(const FeatureVector& features) const;
  // What the far features alone add to it.
  [[nodiscard]] int64_t weigh_far(const FeatureVector& features) const;

  std::array<int32_t, kFeatureCount> weights_{};     // in 1/1024
  std::array<int32_t, kSettingCount> thresholds_{};  // log odds in 1/1024, by Setting
  FeatureNeeds weighed_;                             // the features that have a weight
  int64_t far_most_ = 0;                             // what far features can add to a sum
  LetterModel letters_;
  std::string version_;
};

}  // namespace spillguard::detect::generic
