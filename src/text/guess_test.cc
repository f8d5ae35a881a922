#include <gtest/gtest.h>

#include "text/text.h"

namespace spillguard::text {
namespace {

TEST(Guess, ByNameAndContent) {
  EXPECT_EQ(guess_markup("a/b.HTML", "plain"), Markup::kHtml);
  EXPECT_EQ(guess_markup("x.json", " {\"version\": 1, \"type\" : \"doc\"}"), Markup::kAdf);
  EXPECT_EQ(guess_markup("package.json", R"({"type":"module"})"), Markup::kPlain);
  EXPECT_EQ(guess_markup("x.xml", "<p>text</p>"), Markup::kStorage);
  EXPECT_EQ(guess_markup("x.xml", "<b/><ac:link/>"), Markup::kStorage);
  EXPECT_EQ(guess_markup("pom.xml", "<?xml version='1.0'?><project/>"), Markup::kPlain);
  EXPECT_EQ(guess_markup("x.log", "{code}"), Markup::kPlain);
  EXPECT_EQ(guess_markup("README.md", "||a||\n"), Markup::kPlain);
}

TEST(Guess, TextIsWikiOnlyWhenItShowsIt) {
  for (const char* wiki : {"a {code}x{code}", "x\nh2. Title\n", "||user||password||\n|a|b|",
                           "[see|https://host.example/x]", "{noformat}\n", "{color:red}x{color}"}) {
    EXPECT_EQ(guess_markup("a.txt", wiki), Markup::kWiki) << wiki;
    EXPECT_EQ(guess_markup("", wiki), Markup::kWiki) << wiki;
  }
  for (const char* plain : {"* item\n- item", "a|b|c", "$x || die", "if (a || b) {code = 1}",
                            "cat x |http-client", "[INFO] text", ""}) {
    EXPECT_EQ(guess_markup("a.txt", plain), Markup::kPlain) << plain;
  }
}

TEST(Guess, StandardInputByContent) {
  EXPECT_EQ(guess_markup("", "<!DOCTYPE html><p>"), Markup::kHtml);
  EXPECT_EQ(guess_markup("", "<p>x</p>"), Markup::kStorage);
  EXPECT_EQ(guess_markup("", R"({"type":"doc"})"), Markup::kAdf);
  EXPECT_EQ(guess_markup("", "\xEF\xBB\xBF<h1>x</h1>"), Markup::kStorage);
}

TEST(Markup, NamesGoBothWays) {
  for (const Markup markup :
       {Markup::kPlain, Markup::kWiki, Markup::kStorage, Markup::kAdf, Markup::kHtml}) {
    EXPECT_EQ(parse_markup(markup_name(markup)), markup);
  }
  EXPECT_FALSE(parse_markup("markdown").has_value());
}

}  // namespace
}  // namespace spillguard::text
