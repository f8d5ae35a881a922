#include "detect/layers.h"

#include <gtest/gtest.h>

#include <string>

#include "base/encoding.h"
#include "base/strings.h"
#include "detect/engine.h"
#include "detect/rule.h"

namespace spillguard::detect {
namespace {

Rule rule_of(int32_t id, std::string pattern, std::vector<std::string> anchors) {
  Rule rule;
  rule.id = id;
  rule.name = "RULE_" + std::to_string(id);
  rule.provider = "test";
  rule.category = "token";
  rule.pattern = std::move(pattern);
  rule.anchors = std::move(anchors);
  rule.before = 40;
  rule.after = 80;
  return rule;
}

// A token, a value that a name gives away, an URL with a password, and something like a JWT.
std::vector<Rule> rules() {
  std::vector<Rule> all = {
      rule_of(1, R"(\b(tok_[0-9a-z]{12})\b)", {"tok_"}),
      rule_of(2, R"(password["'\\]{0,4}\s?[:=]\s?["'\\]{0,4}([^"'\\\s]{8,40}))", {"password"}),
      rule_of(3, R"(amqp://[a-z]+:([^@\s]+)@[a-z]+)", {"amqp://"}),
      rule_of(4, R"(\bjot\.([A-Za-z0-9_-]{20,})\.end)", {"jot."}),
  };
  all[1].category = "generic";
  return all;
}

struct Scanner {
  explicit Scanner(std::vector<Rule> all = rules(), bool decode = true)
      : engine(*Engine::build(RuleSet::of(std::move(all)), {.decode = decode})),
        scratch(engine->make_scratch()) {}

  std::vector<Match> scan(const std::string& text) {
    const PaddedText padded(text);
    ScanResult result;
    engine->scan(padded.view(), scratch, result);
    return result.matches;
  }

  std::shared_ptr<const Engine> engine;
  Engine::Scratch scratch;
};

const std::string kToken = "tok_a1b2c3d4e5f6";

// One match, of the rule, with the decoders and the secret.
void expect_one(const std::string& text, int32_t rule, const std::string& path,
                const std::string& secret) {
  Scanner scanner;
  const auto matches = scanner.scan(text);
  ASSERT_EQ(matches.size(), 1U) << text;
  EXPECT_EQ(scanner.engine->rules()[matches[0].rule].id, rule);
  ASSERT_EQ(matches[0].decoded != nullptr, !path.empty()) << text;
  EXPECT_EQ(matches[0].secret_text(text), secret);
  if (matches[0].decoded != nullptr) {
    EXPECT_EQ(matches[0].decoded->path, path);
    // The innermost text can be had again.
    const PaddedText padded(text);
    const auto again = scanner.engine->decoded_text(padded.view(), matches[0]);
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->text.substr(again->secret.begin, again->secret.size()), secret);
  }
}

TEST(Layers, EachEncoding) {
  const std::string line = "the key is " + kToken + " ok";
  expect_one("data: " + base64_encode(line) + "\n", 1, "base64", kToken);
  expect_one("data: " + hex_encode(line) + "\n", 1, "hex", kToken);
  expect_one("see https://x/?q=a%20" + kToken + "%26", 1, "percent", kToken);
  expect_one("line one\\n" + kToken + "\\nline", 1, "backslash", kToken);
  expect_one(R"(x \x74\x6f\x6b\x5f)" + kToken.substr(4), 1, "backslash", kToken);
  expect_one("a &#116;ok_&#97;" + kToken.substr(5), 1, "entity", kToken);
}

TEST(Layers, NestedToADepth) {
  std::string text = "the key is " + kToken + " ok";
  std::string path;
  for (size_t depth = 1; depth <= Layers::kMaxDepth; ++depth) {
    text = base64_encode(text);
    path += (path.empty() ? "" : " > ") + std::string("base64");
    expect_one("x " + text + " y", 1, path, kToken);
  }
  Scanner scanner;
  EXPECT_TRUE(scanner.scan(base64_encode(text)).empty());
}

TEST(Layers, MixedNesting) {
  const std::string line = "key=" + kToken + "&";
  expect_one("q=" + percent_encode(base64_encode("?~?>>>" + line)) + " ", 1, "percent > base64",
             kToken);
  expect_one(base64_encode("https://x/?q=" + percent_encode("?" + line)), 1, "base64 > percent",
             kToken);
  expect_one(R"({\\\"k\\\":\\\"a\\n)" + kToken + R"(\\\"})", 1, "backslash > backslash", kToken);
  std::string wide;
  for (const char c : line) {
    wide += c;
    wide += '\0';
  }
  expect_one("powershell -EncodedCommand " + base64_encode(wide), 1, "base64 > utf-16", kToken);
}

TEST(Layers, SpansAreThoseOfTheEncodedSecret) {
  Scanner scanner;
  const std::string before = "kubeconfig: ";
  const std::string run = base64_encode("the key is " + kToken + " ok");
  const auto matches = scanner.scan(before + run);
  ASSERT_EQ(matches.size(), 1U);
  EXPECT_EQ(matches[0].secret.begin, before.size() + 11 * 8 / 6);
  EXPECT_EQ(matches[0].secret.end, before.size() + (27 * 8 + 5) / 6);
}

TEST(Layers, WhatNeedsNoDecodingIsFoundOnce) {
  expect_one("https://x/?q=%41&t=" + kToken + "&r=%42 ", 1, "", kToken);
  expect_one(R"({\"t\": \")" + kToken + R"(\", \"u\": 1})", 1, "", kToken);
  expect_one(R"({\"password\": \"hunter2hunter2\", \"u\": 1})", 2, "", "hunter2hunter2");
  expect_one("amqp://me:p%40ssw%2Frd@host ", 3, "", "p%40ssw%2Frd");
}

TEST(Layers, NothingIsDecodedInsideAnOpaqueSecret) {
  const std::string text = "jot." + base64url_encode("the key is " + kToken + " ok!") + ".end";
  Scanner open;
  EXPECT_EQ(open.scan(text).size(), 2U);
  std::vector<Rule> all = rules();
  all[3].validators = {"jwt"};
  // The check refuses such a token, so the rule does not own it and it is decoded.
  Scanner refused(all);
  EXPECT_EQ(refused.scan(text).size(), 1U);
  const std::string real = base64url_encode(R"({"alg":"HS256","typ":"JWT"})") + "." +
                           base64url_encode("{\"sub\":\"x\",\"key\":\"" + kToken + "\"}") +
                           ".c2lnbmF0dXJlLi4u";
  all[3] = rule_of(4, R"((eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+))", {"eyJ"});
  all[3].after = 400;
  all[3].validators = {"jwt"};
  Scanner owner(all);
  const auto matches = owner.scan("Cookie: " + real);
  ASSERT_EQ(matches.size(), 1U);
  EXPECT_EQ(owner.engine->rules()[matches[0].rule].id, 4);
}

TEST(Layers, AWeakFindingGivesWayToThePlainOneAroundIt) {
  std::vector<Rule> all = rules();
  all.push_back(rule_of(5, R"(auth=([A-Za-z0-9+/=]{20,}))", {"auth="}));
  Scanner scanner(all);
  // A password in the credentials of a header that has its own rule says nothing new …
  const auto weak = scanner.scan("auth=" + base64_encode("password=hunter2hunter2"));
  ASSERT_EQ(weak.size(), 1U);
  EXPECT_EQ(scanner.engine->rules()[weak[0].rule].id, 5);
  // … the token in it does.
  EXPECT_EQ(scanner.scan("auth=" + base64_encode("me:" + kToken + ":x")).size(), 2U);
}

TEST(Layers, NeighboursHaveNoPartInAMatch) {
  // The name is in one run, the value in another.
  Scanner scanner;
  const std::string name = base64_encode("here the password=");
  const std::string value = base64_encode("hunter2hunter2 and more");
  EXPECT_TRUE(scanner.scan(name + " " + value).empty());
  EXPECT_EQ(scanner.scan(base64_encode("here the password=hunter2hunter2 and more")).size(), 1U);
}

TEST(Layers, HalfOfALongWordIsNoMatch) {
  Scanner scanner;
  // The run is cut 512 bytes from the escape; what begins there is not a token's begin.
  const std::string word = std::string(900, 'a') + kToken;
  for (size_t i = 480; i < 620; ++i) {
    const std::string text = word + std::string(i, 'b') + "%2Fend";
    EXPECT_TRUE(scanner.scan(text).empty()) << i;
  }
}

TEST(Layers, CanBeSwitchedOff) {
  Scanner scanner(rules(), false);
  EXPECT_TRUE(scanner.scan(base64_encode("the key is " + kToken + " ok")).empty());
}

// Whatever is nested in whatever, the decoded bytes stay within a multiple of the text: counted, so
// that no clock decides.
TEST(Layers, WorkIsLinear) {
  const auto scanned_bytes = [](const std::string& text) {
    Layers layers;
    const LayerRules no_rules;
    size_t bytes = 0;
    ScanResult result;
    const Layers::ScanText count = [&](PaddedView view, ScanResult& out) {
      bytes += view.size();
      out.clear();
    };
    const PaddedText padded(text);
    layers.add(padded.view(), no_rules, count, result);
    return bytes;
  };
  std::string unit = "%25%32%35%32%35 \\\\\\\\\\\\n&amp;amp;amp; ";
  unit += base64_encode(base64_encode("some text %41 \\\\u0041 &amp;#65; that goes on"));
  for (const std::string& part :
       {unit, std::string("%25"), std::string("\\\\"), std::string("&amp;"),
        base64_encode("abcabcabcabcabc"), std::string("=3D"), std::string("\\\" ")}) {
    std::string text;
    while (text.size() < size_t{64} << 10U) text += part;
    const size_t once = scanned_bytes(text);
    const size_t twice = scanned_bytes(text + text);
    EXPECT_LE(twice, once * 21 / 10 + 1000) << part;
    EXPECT_LE(twice, text.size() * 2 * 5 + (size_t{80} << 10U)) << part;
  }
}

}  // namespace
}  // namespace spillguard::detect
