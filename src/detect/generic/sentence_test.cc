// Names in sentences, for which most readers are not asked.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "base/strings.h"
#include "detect/generic/keywords.h"
#include "detect/generic/reader_parts.h"

namespace spillguard::detect::generic {
namespace {

// A text of words, names and everything that readers look for.
std::string made_text(std::mt19937& random) {
  static const std::vector<std::string> kPieces = {
      "password", "Token",  "api key",   "login",   "client_secret", "auth",
      "passe",    "the",    "name",      "value",   "key",           "is",
      "as",       "id",     "field",     "default", "x9Kq-77z",      "echo",
      "stdin",    "value=", "hunter22x", "user",    "equals",        "new"};
  static const std::vector<std::string> kJoints = {
      " ",   " ",   " ",   " ",   " ", " ", " ",      "  ", "\t", "\n", "\r\n", "|",  " | ", "=",
      " = ", ": ",  ":",   "\"",  "'", "<", ">",      "</", "(",  ")",  ",",    ".",  "-",   "/",
      "\\",  "\\n", " \"", "\" ", "`", "*", "\u00E9", "--", "{",  "}",  ";",    " :", "<b>", "||"};
  std::string text;
  const size_t pieces = 3 + random() % 24;
  for (size_t i = 0; i < pieces; ++i) {
    text += kPieces[random() % kPieces.size()];
    text += random() % 2 == 0 ? " " : kJoints[random() % kJoints.size()];
    if (random() % 8 == 0) text += kJoints[random() % kJoints.size()];
  }
  return text;
}

TEST(GenericSentence, OtherReadersFindNothingThere) {
  std::mt19937 random(17);
  NameCache names;
  size_t sentences = 0;
  size_t others = 0;
  for (int round = 0; round < 8000; ++round) {
    const std::string text = made_text(random);
    const std::string folded = to_lower(text);
    for (const Anchor& anchor : anchors()) {
      for (size_t p = folded.find(anchor.text); p != std::string::npos;
           p = folded.find(anchor.text, p + 1)) {
        const auto name = name_at(text, {p, p + anchor.text.size()}, names);
        if (!name) continue;
        if (!in_sentence(text, name->key)) {
          ++others;
          continue;
        }
        ++sentences;
        std::vector<Candidate> out;
        const Place place{.text = text, .name = *name, .out = out};
        const Closers closers = skip_closers(text, name->key.end);
        EXPECT_EQ(closers.end, name->key.end) << text;
        EXPECT_FALSE(closers.quote || closers.bracket || closers.paren) << text;
        EXPECT_FALSE(read_xml(place, closers)) << text;
        EXPECT_FALSE(read_named_value(place, closers)) << text;
        EXPECT_FALSE(read_assignment(place, closers)) << text;
        EXPECT_FALSE(read_call(place, closers)) << text;
        EXPECT_FALSE(read_table(place)) << text;
        EXPECT_FALSE(is_line_end(at(text, skip_blanks(text, closers.end)))) << text;
        EXPECT_TRUE(out.empty()) << text;
      }
    }
  }
  EXPECT_GT(sentences, 500U);
  EXPECT_GT(others, 500U);
}

}  // namespace
}  // namespace spillguard::detect::generic
