#include "detect/generic/model.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string>

#include "base/embedded.h"
#include "detect/generic/key_words.h"
#include "detect/generic/stand_in_words.h"
#include "detect/generic/value_forms.h"

namespace spillguard::detect::generic {
namespace {

// Log odds are in 1/1024, as weights and features are.
constexpr int64_t kOdds = 1024;

constexpr std::array<std::string_view, kSettingCount> kSettingNames = {
    "assignment", "colon", "json", "xml", "call", "command-line", "table", "list", "prose"};

// 0 … 1 in steps of 1/10000: finer digits are of the machine, not of the model.
double probability(int64_t log_odds) {
  const double odds = static_cast<double>(log_odds) / static_cast<double>(kOdds);
  return std::round(10000.0 / (1.0 + std::exp(-odds))) / 10000.0;
}

std::string_view value_of(std::string_view text, const Candidate& candidate) {
  return text.substr(candidate.value.begin, candidate.value.size());
}

// Cuts the line that text begins with off it.
std::string_view next_line(std::string_view& text) {
  const size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(text.size(), end + 1));
  return line;
}

// "name of it 123" to "name of it" and 123.
bool split_number(std::string_view line, std::string_view& name, int32_t& number) {
  const size_t blank = line.rfind(' ');
  if (blank == std::string_view::npos) return false;
  name = line.substr(0, blank);
  const std::string_view digits = line.substr(blank + 1);
  const auto read = std::from_chars(digits.begin(), digits.end(), number);
  return read.ec == std::errc() && read.ptr == digits.end();
}

}  // namespace

const Model& Model::built_in() {
  static const Model model = [] {
    auto parsed = parse(embedded::generic_model().front().data);
    SG_CHECK(parsed.has_value());
    return *std::move(parsed);
  }();
  return model;
}

Result<Model> Model::parse(std::string_view data) {
  Model out;
  std::string cells;
  size_t number = 0;
  uint64_t hash = 1469598103934665603U;  // FNV-1a
  for (const char c : data) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  out.version_ = fmt::format("{:016x}", hash);
  while (!data.empty()) {
    const std::string_view line = next_line(data);
    ++number;
    const auto broken = [&](std::string_view why) {
      return fail(Code::kInvalidArgument, fmt::format("generic model, line {}: {}", number, why));
    };
    if (line.empty() || line.front() == '#') continue;
    if (line.starts_with("letters ")) {
      cells += line.substr(8);
      continue;
    }
    std::string_view name;
    int32_t value = 0;
    if (!split_number(line, name, value)) return broken("no number at its end");
    if (name.starts_with("weight ")) {
      size_t feature = 0;
      while (feature < kFeatureCount &&
             feature_name(static_cast<Feature>(feature)) != name.substr(7)) {
        ++feature;
      }
      if (feature == kFeatureCount) return broken("no feature is named so");
      out.weights_.at(feature) = value;
    } else if (name.starts_with("threshold ")) {
      const auto* const found =
          std::find(kSettingNames.begin(), kSettingNames.end(), name.substr(10));
      if (found == kSettingNames.end()) return broken("no setting is named so");
      out.thresholds_.at(static_cast<size_t>(found - kSettingNames.begin())) = value;
    } else {
      return broken("neither letters, weight nor threshold");
    }
  }
  for (size_t i = 0; i < kFeatureCount; ++i) out.weighed_[i] = out.weights_[i] != 0;
  for (const Feature feature : kFarFeatures) {
    const int64_t weight = out.weights_.at(static_cast<size_t>(feature));
    out.far_most_ += std::max<int64_t>(weight, 0) * kFeatureUnit;
  }
  SG_ASSIGN(out.letters_, LetterModel::parse(cells));
  return out;
}

ValueClass Model::classify(std::string_view text, const Candidate& candidate) {
  if (names_no_secret(text.substr(candidate.key.begin, candidate.key.size()))) {
    return ValueClass::kNamedOtherwise;
  }
  return classify_value(value_of(text, candidate), candidate.quote != '\0');
}

FeatureVector Model::features(std::string_view text, const Candidate& candidate) const {
  static const FeatureNeeds kAll = ~FeatureNeeds();
  FeatureVector out = near_features(text, candidate, classify(text, candidate), letters_, kAll);
  add_far_features(text, candidate, stand_in_share(value_of(text, candidate)), kAll, out);
  return out;
}

int64_t Model::weigh(const FeatureVector& features) const {
  constexpr size_t kStep = 4;
  static_assert(kFeatureCount % kStep == 0);
  const int32_t* const weights = weights_.data();
  const int32_t* const values = features.data();
  const auto product = [&](size_t i) { return int64_t{weights[i]} * values[i]; };
  int64_t sum = 0;
  for (size_t i = 0; i < kFeatureCount; i += kStep) {
    sum += product(i) + product(i + 1) + product(i + 2) + product(i + 3);
  }
  return sum;
}

int64_t Model::weigh_far(const FeatureVector& features) const {
  int64_t sum = 0;
  for (const Feature feature : kFarFeatures) {
    const auto i = static_cast<size_t>(feature);
    sum += int64_t{weights_[i]} * features[i];
  }
  return sum;
}

bool Model::has_form(std::string_view text, const Candidate& candidate, Trial& trial) {
  trial.value_class = classify_but_stand_ins(value_of(text, candidate), candidate.quote != '\0');
  return !never_secret(trial.value_class);
}

bool Model::may_reach(std::string_view text, const Candidate& candidate, Trial& trial) const {
  trial.features = near_features(text, candidate, trial.value_class, letters_, weighed_);
  // Most fail whatever else may speak for them. A step of odds is smaller than one of scores.
  constexpr int64_t kStep = 16;
  const int64_t needed = thresholds_.at(static_cast<size_t>(candidate.setting)) - kStep;
  trial.near = weigh(trial.features);
  return (trial.near + far_most_) / kFeatureUnit >= needed;
}

std::optional<double> Model::reach(std::string_view text, const Candidate& candidate,
                                   Trial& trial) const {
  const std::string_view key = text.substr(candidate.key.begin, candidate.key.size());
  if (names_no_secret(key)) return std::nullopt;
  const std::string_view value = value_of(text, candidate);
  const int share = stand_in_share(value);
  if (may_stand_in(trial.value_class) && is_stand_in(value, share)) return std::nullopt;
  add_far_features(text, candidate, share, weighed_, trial.features);
  const double score = probability((trial.near + weigh_far(trial.features)) / kFeatureUnit);
  return score < threshold(candidate) ? std::nullopt : std::optional(score);
}

double Model::score(std::string_view text, const Candidate& candidate) const {
  const ValueClass value_class = classify(text, candidate);
  if (never_secret(value_class)) return 0;
  FeatureVector features = near_features(text, candidate, value_class, letters_, weighed_);
  add_far_features(text, candidate, stand_in_share(value_of(text, candidate)), weighed_, features);
  return probability(weigh(features) / kFeatureUnit);
}

double Model::threshold(const Candidate& candidate) const {
  return probability(thresholds_.at(static_cast<size_t>(candidate.setting)));
}

Explanation Model::explain(std::string_view text, const Candidate& candidate) const {
  Explanation out{.score = score(text, candidate),
                  .value_class = classify(text, candidate),
                  .contributions = {}};
  const FeatureVector features = this->features(text, candidate);
  for (size_t i = 0; i < kFeatureCount; ++i) {
    const int64_t product = int64_t{weights_.at(i)} * features.at(i);
    if (product == 0) continue;
    out.contributions.push_back(
        {.name = feature_name(static_cast<Feature>(i)),
         .value = static_cast<double>(features.at(i)) / kFeatureUnit,
         .contribution = static_cast<double>(product) / (double{kFeatureUnit} * kOdds)});
  }
  std::sort(out.contributions.begin(), out.contributions.end(),
            [](const Contribution& a, const Contribution& b) {
              const double larger = std::abs(a.contribution) - std::abs(b.contribution);
              return larger != 0 ? larger > 0 : a.name < b.name;
            });
  return out;
}

}  // namespace spillguard::detect::generic
