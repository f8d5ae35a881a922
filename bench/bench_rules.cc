#include "bench/bench_rules.h"

#include <fmt/format.h>

#include <iterator>
#include <random>
#include <vector>

namespace spillguard::bench {
namespace {

constexpr int32_t kFirstId = 1'000'000'000;

constexpr const char* kNames[] = {
    "amplitude",    "asana",   "bamboo",    "bitly",      "bugsnag",    "calendly", "circle",
    "clojars",      "codecov", "coinbase",  "contentful", "datadog",    "discord",  "docker",
    "doppler",      "dropbox", "dynatrace", "easypost",   "elastic",    "etsy",     "facebook",
    "fastly",       "figma",   "finicity",  "flickr",     "freshbooks", "gitter",   "grafana",
    "heroku",       "hubspot", "intercom",  "jfrog",      "jenkins",    "kraken",   "kucoin",
    "launchdarkly", "linear",  "linkedin",  "lob",        "mailchimp",  "mailgun",  "mapbox",
    "mattermost",   "netlify", "okta",      "plaid",      "postman",    "rapid",    "sendbird",
    "sentry",       "shippo",  "snyk",      "square",     "travis",     "trello",   "twitch"};

std::string word(std::mt19937_64& random, size_t length) {
  std::string out;
  while (out.size() < length) out += static_cast<char>('a' + random() % 26);
  return out;
}

detect::Rule generated_rule(size_t index, std::mt19937_64& random) {
  detect::Rule rule;
  rule.id = kFirstId + static_cast<int32_t>(index);
  rule.name = fmt::format("GENERATED_{}", index);
  rule.title = rule.name;
  rule.provider = "generated";
  rule.category = "token";
  if (index % 4 != 3) {
    const std::string prefix = word(random, 2 + random() % 4) + "_" + word(random, random() % 2);
    rule.pattern = fmt::format(R"(\b({}[0-9A-Za-z]{{32}})\b)", prefix);
    rule.anchors = {prefix};
    rule.after = static_cast<uint32_t>(prefix.size() + 32);
  } else {
    const std::string name = kNames[index / 4 % std::size(kNames)];
    rule.pattern = fmt::format(R"({}[^\n]{{0,30}}?\b([0-9a-f]{{{}}})\b)", name, 20 + index % 40);
    rule.anchors = {name};
    rule.after = 140;
    rule.ignore_case = true;
    rule.min_entropy = 3;
  }
  return rule;
}

}  // namespace

detect::RuleSet filled_up(const detect::RuleSet& rules, size_t count) {
  std::vector<detect::Rule> all(rules.rules().begin(), rules.rules().end());
  std::mt19937_64 random(17);
  for (size_t i = 0; all.size() < count; ++i) all.push_back(generated_rule(i, random));
  return detect::RuleSet::of(std::move(all));
}

std::string generated_text(uint64_t seed) {
  std::mt19937_64 random(seed);
  std::string out;
  const size_t size = 500 + random() % 7500;
  while (out.size() < size) {
    switch (random() % 12) {
      case 0:
        out += fmt::format("\n2024-05-{:02} 12:{:02} INFO request id={:016x}\n", 1 + random() % 28,
                           random() % 60, random());
        break;
      case 1:
        out += fmt::format("https://{}.example.com/{}/{} ", word(random, 6), word(random, 4),
                           random() % 10'000);
        break;
      case 2:
        out +=
            fmt::format("\n{}_{} = \"{}\";\n", word(random, 3), word(random, 5), word(random, 9));
        break;
      default:
        out += word(random, 2 + random() % 8) + " ";
    }
  }
  return out;
}

}  // namespace spillguard::bench
