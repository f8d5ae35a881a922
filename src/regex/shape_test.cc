#include "regex/shape.h"

#include <gtest/gtest.h>

#include <random>

#include "regex/pattern.h"

namespace spillguard::regex {
namespace {

using Texts = std::vector<std::string>;

Shape shape_of(std::string_view pattern, bool ignore_case = false) {
  auto shape = Shape::of(pattern, ignore_case);
  EXPECT_TRUE(shape.has_value()) << pattern << (shape ? "" : ": " + shape.error().message);
  return std::move(shape).value();
}

Texts anchors_of(std::string_view pattern, bool ignore_case = false) {
  return shape_of(pattern, ignore_case).derive_anchors().value_or(Texts{"none"});
}

TEST(Shape, DerivesTheBestLiteralOfEachWay) {
  EXPECT_EQ(anchors_of(R"(\b(ghp_[0-9A-Za-z]{36})\b)"), (Texts{"ghp_"}));
  EXPECT_EQ(anchors_of(R"((?:ghp|gho|ghu)_\w{36})"), (Texts{"gho_", "ghp_", "ghu_"}));
  EXPECT_EQ(anchors_of(R"([a-z]{3}\.very-long(?:x|y)abc)"),
            (Texts{".very-longxabc", ".very-longyabc"}));
  EXPECT_EQ(anchors_of(R"(ab+cd+efg)"), (Texts{"efg"}));
  EXPECT_EQ(anchors_of(R"((?:abc){2}x?)"), (Texts{"abcabc"}));
  EXPECT_EQ(anchors_of(R"((?i)tok_[a-z])", true), (Texts{"tok_"}));
  EXPECT_EQ(anchors_of(R"(https://hooks\.example\.com/\w+)"),
            (Texts{"https://hooks.example.com/"}));
  EXPECT_EQ(anchors_of(R"(\Qa.b\E[0-9])"), (Texts{"a.b"}));
  EXPECT_EQ(anchors_of("(?x) abc \\ d # note\n [0-9]"), (Texts{"abc d"}));
  EXPECT_EQ(anchors_of(R"(\x41\x{42}\x43?\0)"), (Texts{"none"}));
}

TEST(Shape, DerivesNothingWhereThereIsNothing) {
  EXPECT_EQ(anchors_of(R"(\d{16})"), (Texts{"none"}));
  EXPECT_EQ(anchors_of(R"(abcd|\d+)"), (Texts{"none"}));
  EXPECT_EQ(anchors_of(R"((?:abcd)?\d+)"), (Texts{"none"}));
  EXPECT_EQ(anchors_of(R"((?!abcd)\d+)"), (Texts{"none"}));
  EXPECT_EQ(anchors_of(R"((?i)tok_\d)"),
            (Texts{"none"}));  // the case is free, the rule does not say so
}

TEST(Shape, KnowsReach) {
  const auto reach = [](std::string_view pattern, const Texts& anchors) {
    const AnchorPlan plan = shape_of(pattern).plan(anchors);
    return std::tuple(plan.every_match_has_one, plan.before, plan.after);
  };
  EXPECT_EQ(reach(R"(\b(ghp_[0-9A-Za-z]{36})\b)", {"ghp_"}), std::tuple(true, 0U, 40U));
  EXPECT_EQ(reach(R"([a-z]{2,5}_tok_(?:\d{2}:){3})", {"_tok_"}), std::tuple(true, 5U, 14U));
  EXPECT_EQ(reach(R"(ab(?:cdef|gh)\d+)", {"abcdef", "abgh"}), std::tuple(true, 0U, kUnbounded));
  EXPECT_EQ(reach(R"(\w*xyz)", {"xyz"}), std::tuple(true, kUnbounded, 3U));
  EXPECT_FALSE(std::get<0>(reach(R"(abc|xyz)", {"abc"})));
  EXPECT_FALSE(std::get<0>(reach(R"(ABC)", {"abc"})));
  EXPECT_EQ(reach(R"((?:tok_(?:[a-z]{2}){1,3})+x)", {"tok_"}), std::tuple(true, 0U, kUnbounded));
}

TEST(Shape, KnowsTheNeighbours) {
  const AnchorPlan plan = shape_of(R"(\btok_[ab]{2,5}c)").plan({"tok_", "never"});
  ASSERT_EQ(plan.guards.size(), 2U);
  EXPECT_FALSE(plan.guards[1].used);
  const AnchorGuard& guard = plan.guards[0];
  EXPECT_TRUE(guard.may_begin_text);
  EXPECT_TRUE(guard.before[' ']);
  EXPECT_FALSE(guard.before['x']);
  ASSERT_EQ(guard.after.size(), 3U);
  EXPECT_EQ(guard.after[0], bytes_of("ab"));
  EXPECT_EQ(guard.after[2], bytes_of("abc"));
  EXPECT_FALSE(shape_of(R"((?<=[0-9])tok_)").plan({"tok_"}).guards[0].may_begin_text);
  EXPECT_FALSE(shape_of(R"((?<![0-9a])tok_)").plan({"tok_"}).guards[0].before['a']);
  EXPECT_TRUE(shape_of(R"((?:^|\s)tok_)").plan({"tok_"}).guards[0].may_begin_text);
}

TEST(Shape, RefusesWhatItDoesNotUnderstand) {
  for (const char* pattern :
       {R"((?R))", R"(a\Kb)", R"((a)?(?(1)b|c))", R"(\p{L})", R"((*UTF)a)", R"(a\R)",
        R"((?<n>a)\k<n>)", "(a", "[a", "a)", R"(\)", R"([[.a.]])"}) {
    EXPECT_FALSE(Shape::of(pattern, false).has_value()) << pattern;
  }
}

// What a guard asks of the text behind its anchor, beyond single bytes.
bool follows(const AnchorGuard& guard, const std::string& text, size_t end) {
  if (guard.until.any()) {
    size_t at = end;
    while (at < text.size() && !guard.until[to_byte(text[at])] &&
           guard.through[to_byte(text[at])]) {
      ++at;
    }
    if (at >= text.size() || !guard.until[to_byte(text[at])]) return false;
    if (at - end > guard.until_within) return false;
  }
  for (size_t from = end + guard.run_from; from <= end + guard.run_to; ++from) {
    size_t length = 0;
    while (length < guard.run_length && from + length < text.size() &&
           guard.run[to_byte(text[from + length])]) {
      ++length;
    }
    if (length == guard.run_length) return true;
  }
  return guard.run_length == 0;
}

TEST(Shape, KnowsWhatMustFollow) {
  const auto guard_of = [](const char* pattern, const char* anchor) {
    return shape_of(pattern).plan({anchor}).guards.at(0);
  };
  const AnchorGuard card = guard_of(R"(41[0-9]{2}([ -]?)[0-9]{4}\1[0-9]{4})", "41");
  ASSERT_EQ(card.after.size(), 10U);
  EXPECT_EQ(card.after[1], byte_range('0', '9'));
  EXPECT_EQ(card.after[6], byte_range('0', '9') | bytes_of(" -"));
  const AnchorGuard url = guard_of(R"(://[^\s:/@]{0,10}:[^\s/]{3,20}@[a-z]+)", "://");
  EXPECT_EQ(url.until, bytes_of("@"));
  EXPECT_FALSE(url.through['/']);
  EXPECT_EQ(url.until_within, 31U);
  const AnchorGuard key =
      guard_of(R"(acme[\w .-]{0,20}?key["= ]{1,3}([0-9a-f]{8}-[0-9a-f]{8}))", "acme");
  EXPECT_EQ(key.run_length, 17U);
  EXPECT_EQ(key.run_from, 4U);
  EXPECT_EQ(key.run_to, 26U);
  EXPECT_EQ(key.run, byte_range('0', '9') | byte_range('a', 'f') | bytes_of("-"));
  EXPECT_EQ(guard_of(R"(acme.{0,20}[0-9a-f]{8})", "acme").run_length, 0U);
}

// The analysis against PCRE2: whatever PCRE2 matches in random texts must keep to the bounds, hold
// an anchor, and pass the guard at one of its anchors.
TEST(Shape, HoldsForWhatPcreMatches) {
  const char* const kPatterns[] = {
      R"(\b(abc[a-c]{2,4})\b)",
      R"((?:ab|ca)b[^a]?c)",
      R"([a-c]{0,3}abc(?!a))",
      R"((?<![b])cab(?:-[a-c]{2}){1,3})",
      R"((?i:A)bc-?[ab]+)",
      R"(a(?:bca|cab)\W[[:alpha:]]{2})",
      R"((?:^|[ -])bca[ -]*(abc|cab))",
      R"(ab\x63(?:a|b|c)?(?:-a){2}?)",
      R"((abc)\1?)",
      R"(b(?=ca)cab*+c?)",
      R"(\Babc|cba\b)",
      R"(abc$|-abc)",
      R"(abc[a-c]{0,5}-[abc ]{0,4} )",
      R"(abc[a-c]{0,2}-?(?: |-[a-c]{1,3} ))",
      R"(abc[ -]?([a-cA-C]{15,20}))",
      R"(ab[a-c]([- ]?)[a-c]{2}\1[ab]\1c)",
      R"((?|(a)|(b))\1bca|bca([a-c]{1,2})\2)",
      R"((?i:ab([a-c]))\1c|bca(b|-)(?i:\2a))",
      R"((?:abc |bca)[a-c]{0,3}[A-Ca-c ]{0,2}[a-c]{4}[a-cABC]{11,13}-?)"};
  std::mt19937 random(3);
  MatchScratch scratch;
  size_t matches = 0;
  for (const char* text_of_pattern : kPatterns) {
    const Shape shape = shape_of(text_of_pattern);
    const auto anchors = shape.derive_anchors();
    if (!anchors) continue;
    const AnchorPlan plan = shape.plan(*anchors);
    ASSERT_TRUE(plan.every_match_has_one) << text_of_pattern;
    const auto pattern = Pattern::compile(text_of_pattern);
    ASSERT_TRUE(pattern.has_value());
    for (int round = 0; round < 3000; ++round) {
      std::string text;
      for (size_t i = random() % 48; i > 0; --i) text += "abcabcABC- "[random() % 11];
      size_t at = 0;
      while (at <= text.size() && pattern->match(text, at, scratch) == MatchOutcome::kMatch) {
        const Span match = scratch.group(0);
        at = std::max(match.begin + 1, match.end);
        ++matches;
        EXPECT_GE(match.size(), shape.min_bytes());
        EXPECT_LE(match.size(), shape.max_bytes());
        bool guarded = false;
        for (size_t i = 0; i < anchors->size(); ++i) {
          const AnchorGuard& guard = plan.guards[i];
          const std::string& anchor = (*anchors)[i];
          size_t place = text.find(anchor, match.begin);
          for (; place < match.end && !guarded; place = text.find(anchor, place + 1)) {
            bool fits = place == 0 ? guard.may_begin_text : guard.before[to_byte(text[place - 1])];
            for (size_t k = 0; k < guard.after.size() && fits; ++k) {
              const size_t behind = place + anchor.size() + k;
              fits = behind < text.size() && guard.after[k][to_byte(text[behind])];
            }
            fits = fits && follows(guard, text, place + anchor.size());
            guarded = fits && place - match.begin <= plan.before && match.end - place <= plan.after;
          }
        }
        EXPECT_TRUE(guarded) << text_of_pattern << " in \"" << text << "\" at " << match.begin;
      }
    }
  }
  EXPECT_GT(matches, 1000U);
}

TEST(Pattern, ErrorsPointAtThePlace) {
  const auto broken = Pattern::compile("abc(def");
  ASSERT_FALSE(broken.has_value());
  EXPECT_EQ(broken.error().message,
            "pattern, byte 7: missing closing parenthesis\n  abc(def\n         ^");
}

TEST(Pattern, GroupsAndBounds) {
  const auto pattern = Pattern::compile(R"((a)(?<secret>b)?c\b)");
  ASSERT_TRUE(pattern.has_value());
  EXPECT_EQ(pattern->group_number("secret"), 2U);
  EXPECT_EQ(pattern->group_number("other"), 0U);
  MatchScratch scratch;
  ASSERT_EQ(pattern->match("xac abc", 0, scratch), MatchOutcome::kMatch);
  EXPECT_EQ(scratch.group(0), (Span{1, 3}));
  EXPECT_EQ(scratch.group(2).begin, MatchScratch::npos);
  EXPECT_EQ(pattern->match("xac", 2, scratch), MatchOutcome::kNoMatch);
  EXPECT_EQ(pattern->match({}, 0, scratch), MatchOutcome::kNoMatch);
  EXPECT_EQ(pattern->match("xxxac", 0, 2, false, scratch), MatchOutcome::kNoMatch);
  EXPECT_EQ(pattern->match("xxxac", 0, 3, false, scratch), MatchOutcome::kMatch);
}

// As PCRE2 reads it: the comment says nothing, and the b may be absent.
TEST(Shape, WhatRepeatsBehindACommentIsWhatStandsInFrontOfIt) {
  for (const char* pattern : {"ab(?# maybe)?c", "(?x)ab (?# maybe) # once\n ?c"}) {
    EXPECT_EQ(Shape::of(pattern, false).value().min_bytes(), 2U) << pattern;
    MatchScratch scratch;
    EXPECT_EQ(Pattern::compile(pattern)->match("ac", 0, scratch), MatchOutcome::kMatch) << pattern;
  }
  EXPECT_EQ(Shape::of("a(?# none)b(?#)", false).value().max_bytes(), 2U);
  EXPECT_FALSE(Shape::of("a(?# open", false).has_value());
  EXPECT_FALSE(Shape::of("\\Qab\\E(?#)?c", false).has_value());
}

TEST(Shape, ALoneEndOfQuotingIsNotUnderstood) {
  EXPECT_FALSE(Shape::of("ab\\E?c", false).has_value());  // the b may be absent
  EXPECT_EQ(Shape::of("a\\Qb?\\Ec", false).value().min_bytes(), 4U);
}

}  // namespace
}  // namespace spillguard::regex
