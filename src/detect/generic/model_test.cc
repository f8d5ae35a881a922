#include "detect/generic/model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "base/embedded.h"

namespace spillguard::detect::generic {
namespace {

// A text and the candidate in it: key, then value, by where they first stand.
struct Planted {
  std::string text;
  Candidate candidate;
};

Planted plant(std::string text, std::string_view key, std::string_view value,
              Noun noun = Noun::kPassword, Setting setting = Setting::kAssignment,
              char quote = '\0') {
  Planted out{.text = std::move(text), .candidate = {}};
  const size_t key_at = out.text.find(key);
  const size_t value_at = out.text.find(value, key_at + key.size());
  EXPECT_NE(key_at, std::string::npos);
  EXPECT_NE(value_at, std::string::npos);
  out.candidate = {.keyword = {.begin = key_at, .end = key_at + key.size()},
                   .key = {.begin = key_at, .end = key_at + key.size()},
                   .value = {.begin = value_at, .end = value_at + value.size()},
                   .line = {.begin = 0, .end = out.text.size()},
                   .noun = noun,
                   .setting = setting,
                   .quote = quote,
                   .distance = static_cast<uint32_t>(value_at - key_at - key.size())};
  return out;
}

// By the three steps.
std::optional<double> found_by(const Model& model, const Planted& planted) {
  Model::Trial trial;
  if (!Model::has_form(planted.text, planted.candidate, trial) ||
      !model.may_reach(planted.text, planted.candidate, trial)) {
    return std::nullopt;
  }
  return model.reach(planted.text, planted.candidate, trial);
}

double score(const Planted& planted) {
  return Model::built_in().score(planted.text, planted.candidate);
}
bool found(const Planted& planted) {
  return score(planted) >= Model::built_in().threshold(planted.candidate);
}

// The quick way to a finding is the long one's.
TEST(GenericModel, FindsWhatReachesItsThreshold) {
  const Model& model = Model::built_in();
  size_t findings = 0;
  for (const std::string& value : std::initializer_list<std::string>{
           "kaffee@Hydra2151$", "Winter_2093#Q", "secretary", "correctAPIKey", "zvlqyxbfjxxf",
           "12345678", "eQvTXrWxhKkvT6nEQsTXuLDwxRyhCuDq", "true", "${password}",
           "org.example.Thing", "hunter22", "0123456789abcdef0123456789abcde7", "see above",
           "a-b-c-d9"}) {
    for (const Noun noun : {Noun::kPassword, Noun::kToken, Noun::kKey, Noun::kCredential}) {
      for (const Setting setting : {Setting::kAssignment, Setting::kColon, Setting::kProse,
                                    Setting::kCommandLine, Setting::kTable}) {
        for (const std::string_view before : {"", "example: ", "public commit hash "}) {
          const Planted planted = plant(std::string(before) + "password = " + value + ".",
                                        "password", value, noun, setting);
          const double score = model.score(planted.text, planted.candidate);
          const bool reaches = score >= model.threshold(planted.candidate);
          const auto found = found_by(model, planted);
          ASSERT_EQ(found.has_value(), reaches) << planted.text;
          EXPECT_EQ(found.value_or(score), score);
          findings += reaches ? 1 : 0;
        }
      }
    }
  }
  EXPECT_GT(findings, 50U);
}

TEST(GenericModel, TellsSecretsFromWhatLooksLikeThem) {
  EXPECT_TRUE(found(plant("password = kaffee@Hydra2151$", "password", "kaffee@Hydra2151$")));
  EXPECT_TRUE(found(plant("DEPLOY_TOKEN=eQvTXrWxhKkvT6nEQsTXuLDwxRyhCuDq", "DEPLOY_TOKEN",
                          "eQvTXrWxhKkvT6nEQsTXuLDwxRyhCuDq", Noun::kToken)));
  EXPECT_TRUE(found(plant("password: \"zvlqyxbfjxxf\"", "password", "zvlqyxbfjxxf", Noun::kPassword,
                          Setting::kColon, '"')));
  EXPECT_TRUE(found(plant("Passwort lautet Winter_2093#Q", "Passwort", "Winter_2093#Q",
                          Noun::kPassword, Setting::kProse)));
  EXPECT_FALSE(found(plant("password: \"secretary\"", "password", "secretary", Noun::kPassword,
                           Setting::kColon, '"')));
  EXPECT_FALSE(found(
      plant("apiKey: correctAPIKey,", "apiKey", "correctAPIKey", Noun::kKey, Setting::kColon)));
  EXPECT_FALSE(found(plant("the password is compromised", "password", "compromised",
                           Noun::kPassword, Setting::kProse)));
}

// What speaks against names and sentences does not speak against passwords of words.
TEST(GenericModel, PasswordsOfWords) {
  for (const std::string value : {"plinth-mango-violet-rocket", "plinth-mango-violet-rocket46"}) {
    EXPECT_TRUE(found(plant("password=" + value, "password", value))) << value;
    EXPECT_TRUE(
        found(plant("password: " + value, "password", value, Noun::kPassword, Setting::kColon)))
        << value;
    EXPECT_FALSE(found(plant("cache_key=" + value, "cache_key", value, Noun::kKey))) << value;
  }
  for (const std::string value : {"plinth-mango-violet", "see-the-vault-entry"}) {
    EXPECT_FALSE(found(plant("password=" + value, "password", value))) << value;
  }
}

TEST(GenericModel, WhatPlainlyIsNoneScoresNothing) {
  EXPECT_EQ(score(plant("password=${DB_PASSWORD}", "password", "${DB_PASSWORD}")), 0);
  EXPECT_EQ(score(plant("password=********", "password", "********")), 0);
  EXPECT_EQ(
      score(plant("nonce=eQvTXrWxhKkvT6nEQsTX", "nonce", "eQvTXrWxhKkvT6nEQsTX", Noun::kSecret)),
      0);
}

// The same on every machine: whole numbers all the way. New weights change these on purpose.
TEST(GenericModel, FeaturesAreExact) {
  const Planted planted =
      plant("token: aB3xK9qZ", "token", "aB3xK9qZ", Noun::kToken, Setting::kColon);
  const FeatureVector features = Model::built_in().features(planted.text, planted.candidate);
  const auto of = [&](Feature feature) { return features.at(static_cast<size_t>(feature)); };
  EXPECT_EQ(of(Feature::kBias), 1024);
  EXPECT_EQ(of(Feature::kKinds), 2048);
  EXPECT_EQ(of(Feature::kLong), 0);
  EXPECT_EQ(of(Feature::kDigitsInside), 3 * 256);
  EXPECT_EQ(of(Feature::kVariety), 1024);
  EXPECT_EQ(of(Feature::kNounToken), 1024);
  EXPECT_EQ(of(Feature::kSettingColon), 1024);
  EXPECT_EQ(of(Feature::kQuoted), 0);
}

TEST(GenericModel, ExplanationAddsUpToTheScore) {
  const Planted planted = plant("password = kaffee@Hydra2151$", "password", "kaffee@Hydra2151$");
  const Explanation why = Model::built_in().explain(planted.text, planted.candidate);
  EXPECT_EQ(why.score, score(planted));
  EXPECT_EQ(why.value_class, ValueClass::kOpaque);
  double sum = 0;
  for (const Contribution& part : why.contributions) sum += part.contribution;
  EXPECT_NEAR(1 / (1 + std::exp(-sum)), why.score, 0.002);
  EXPECT_TRUE(std::is_sorted(why.contributions.begin(), why.contributions.end(),
                             [](const Contribution& a, const Contribution& b) {
                               return std::abs(a.contribution) > std::abs(b.contribution);
                             }));
}

TEST(GenericModel, BrokenWeightsNameTheLine) {
  const auto message = [](std::string_view data) { return Model::parse(data).error().message; };
  EXPECT_EQ(message("# x\nweight bias"), "generic model, line 2: no number at its end");
  EXPECT_EQ(message("weight luck 3"), "generic model, line 1: no feature is named so");
  EXPECT_EQ(message("threshold dream 3"), "generic model, line 1: no setting is named so");
  EXPECT_EQ(message("colour red 3"),
            "generic model, line 1: neither letters, weight nor threshold");
  EXPECT_EQ(message("weight bias 3"), "the letter model has 0 cells, not 19683");
}

TEST(GenericModel, WeightsOfThisProgramNameEveryFeature) {
  const std::string_view data = embedded::generic_model().front().data;
  for (size_t i = 0; i < kFeatureCount; ++i) {
    const std::string line = "\nweight " + std::string(feature_name(static_cast<Feature>(i))) + " ";
    EXPECT_NE(data.find(line), std::string_view::npos) << line;
  }
  EXPECT_FALSE(Model::built_in().version().empty());
}

TEST(LetterModel, WordsAndRandomLetters) {
  const Model& model = Model::built_in();
  const auto randomness = [&](std::string_view value) {
    const Planted p = plant("key=" + std::string(value), "key", value, Noun::kKey);
    const FeatureVector f = model.features(p.text, p.candidate);
    return f.at(static_cast<size_t>(Feature::kRandomLetters)) -
           f.at(static_cast<size_t>(Feature::kWordLetters));
  };
  EXPECT_LT(randomness("documentation"), -1024);
  EXPECT_LT(randomness("userAccountName"), -1024);
  EXPECT_LT(randomness("Geheimnis"), 0);
  EXPECT_GT(randomness("zvlqyxbfjxxf"), 1024);
  EXPECT_GT(randomness("gkavsnbruipmqylvtbniokoz"), 1024);
}

}  // namespace
}  // namespace spillguard::detect::generic
