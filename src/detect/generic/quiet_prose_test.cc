// Hits that are turned away before anything is read.
#include "detect/generic/quiet_prose.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "detect/generic/generic_detector.h"
#include "detect/generic/keywords.h"
#include "detect/generic/reader.h"

namespace spillguard::detect::generic {
namespace {

struct AnchorHit {
  uint32_t anchor = 0;
  Span span;
};

std::vector<AnchorHit> hits_in(std::string_view text) {
  std::vector<AnchorHit> hits;
  const std::string folded = to_lower(text);
  for (uint32_t i = 0; i < anchors().size(); ++i) {
    const std::string_view anchor = anchors()[i].text;
    for (size_t p = folded.find(anchor); p != std::string::npos; p = folded.find(anchor, p + 1)) {
      hits.push_back({i, {p, p + anchor.size()}});
    }
  }
  return hits;
}

bool is_quiet(std::string_view text, const AnchorHit& hit) {
  return is_quiet_prose(text, stem_of(hit.anchor), hit.span);
}

TEST(GenericQuietProse, SentencesAreTold) {
  for (const std::string_view text :
       {"If the password expired, users can't work until somebody resets it.\nThanks",
        "and then the token, which nobody wants", "Enter your password.",
        "we pass the values of both to the constructor of the view and to nobody else, ever",
        "It reads the API key from the environment and goes on.", "press any key to continue",
        "He needs credentials for the other system.", "it shows the login page",
        "people who log in every day"}) {
    const std::vector<AnchorHit> hits = hits_in(text);
    ASSERT_FALSE(hits.empty()) << text;
    EXPECT_TRUE(is_quiet(text, hits.front())) << text;
  }
}

TEST(GenericQuietProse, WhatMayHoldAValueIsRead) {
  for (const std::string_view text :
       {"and the password is hunter.", "my password hunter22x", "the token 'abc' works",
        "use hunter22x as password.", "the user/password admin wrong", "the passwords are ab/cdef",
        "please log in with admin and hunter", "credentials to use are root, toor",
        "| the password | hunter22x |", "name: password value", "the mot de passe est hunter.",
        "token was set to ab12cd34", "use hunter22x as API key."}) {
    bool all = true;
    for (const AnchorHit& hit : hits_in(text)) all = all && is_quiet(text, hit);
    EXPECT_FALSE(all) << text;
  }
}

// Sentences with what readers look for here and there.
std::string made_sentence(std::mt19937& random) {
  static const std::vector<std::string> kWords = {
      "password", "Token",       "API key", "login",   "secret",   "auth",  "passe",  "the",
      "keys",     "is",          "as",      "log in",  "user",     "with",  "to",     "set",
      "a",        "credentials", "are",     "now",     "and",      "value", "key",    "est",
      "for",      "your",        "de",      "changed", "public",   "mot",   "access", "wrong",
      "lautet",   "logins",      "e",       "says",    "passcode", "clave", "api",    "nobody",
      "people",   "nonce",       "oauth",   "log",     "name"};
  static const std::vector<std::string> kOdd = {
      "x9Kq-77z", "'ab cd'", "ab/cdef", "hunter22x", "fooBar!",       "\"q\"",   "it's",
      "`v`",      "a,b",     "root:ab", "{{v}}",     "\u00E9t\u00E9", "=",       ":",
      "|",        "\t",      "**",      "-",         "&quot;x1",      "L'abc1'", "pass-word",
      "user's",   "(a)",     "?",       "doesn't",   "\\n",           "//"};
  static const std::vector<std::string> kJoints = {".",  ". ", ",", ", ", "\n", "  ",   "? ", "! ",
                                                   "; ", "/",  "-", "(",  ") ", "\r\n", "'"};
  const unsigned odd = 2 + static_cast<unsigned>(random() % 30);
  std::string text;
  const size_t words = 2 + random() % 24;
  for (size_t i = 0; i < words; ++i) {
    text += random() % odd == 0 ? kOdd[random() % kOdd.size()] : kWords[random() % kWords.size()];
    text += random() % 7 == 0 ? kJoints[random() % kJoints.size()] : " ";
  }
  return text;
}

TEST(GenericQuietProse, ReadersFindNothingThere) {
  std::mt19937 random(23);
  size_t quiet = 0;
  size_t read = 0;
  for (int round = 0; round < 40000; ++round) {
    const std::string text = made_sentence(random);
    for (const AnchorHit& hit : hits_in(text)) {
      if (!is_quiet(text, hit)) {
        ++read;
        continue;
      }
      ++quiet;
      std::vector<Candidate> out;
      read_hit(text, hit.span, anchors()[hit.anchor].tool, out);
      EXPECT_TRUE(out.empty()) << text << " at " << hit.span.begin;
    }
  }
  EXPECT_GT(quiet, 10000U);
  EXPECT_GT(read, 10000U);
}

TEST(GenericQuietProse, OtherWordsAreToldByTheirLetters) {
  const auto otherwise = [](std::string text) {
    text += " and so on";
    const std::vector<AnchorHit> hits = hits_in(text);
    return goes_on_otherwise(text, hits.front().anchor, hits.front().span.end);
  };
  for (const char* text : {"passing", "Passed", "keyboard", "author", "authentication", "tokenize",
                           "keychain", "salty", "secretary", "credit"}) {
    if (hits_in(text).empty()) continue;
    EXPECT_TRUE(otherwise(text)) << text;
  }
  for (const char* text : {"password", "passwords", "passwort", "passW", "pass", "pass_", "passe",
                           "passw\u00F6rter", "keys", "key", "KEYBOARD", "authorization",
                           "credentials", "creds", "secreto", "schl\u00FCssel", "login"}) {
    EXPECT_FALSE(otherwise(text)) << text;
  }
}

// The values of a text, by all its hits or by those that are not turned away.
std::vector<Span> values_in(std::string_view text, bool all) {
  std::vector<Candidate> out;
  for (const AnchorHit& hit : hits_in(text)) {
    if (!all && !GenericDetector::may_read(text, hit.anchor, hit.span)) continue;
    read_hit(text, hit.span, anchors()[hit.anchor].tool, out);
  }
  std::vector<Span> values;
  for (const Candidate& candidate : out) values.push_back(candidate.value);
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

TEST(GenericQuietProse, OtherWordsHideNoName) {
  static const std::vector<std::string> kParts = {
      "pass",  "author", "Token", "key",  "keyboard", "Password", "auth",    "Secret",
      "ing",   "db",     "store", "wort", "phrase",   "Key",      "s",       "ed",
      "API",   "creds",  "_",     "-",    ".",        "psswd",    "pssword", "segredo",
      "login", "salt",   "nonce", "W",    "ization",  "Button",   "daten",   "js"};
  static const std::vector<std::string> kEnds = {"=", ": ", "\": \"", "</a>", "('", " is ", "\n"};
  std::mt19937 random(29);
  size_t found = 0;
  for (int round = 0; round < 40000; ++round) {
    std::string text = random() % 2 == 0 ? "\n" : "<";
    const size_t parts = 1 + random() % 4;
    for (size_t i = 0; i < parts; ++i) text += kParts[random() % kParts.size()];
    text += kEnds[random() % kEnds.size()] + "x9Kq-77z\n and so on";
    const std::vector<Span> values = values_in(text, true);
    found += values.size();
    EXPECT_EQ(values_in(text, false), values) << text;
  }
  EXPECT_GT(found, 1000U);
}

}  // namespace
}  // namespace spillguard::detect::generic
