#include "http/target.h"

#include <gtest/gtest.h>

#include <array>

namespace spillguard::http {
namespace {

using Query = std::vector<std::pair<std::string, std::string>>;

struct GoodTarget {
  std::string_view raw;
  std::string_view path;
  size_t segments;
};

TEST(Target, TakesPathsThatMeanOneThing) {
  constexpr std::array kGood = {
      GoodTarget{"/", "/", 0},
      GoodTarget{"/rest/security/latest/project/FOO", "/rest/security/latest/project/FOO", 5},
      GoodTarget{"/rest/", "/rest", 1},
      GoodTarget{"/rest/?x=/../", "/rest", 1},
      GoodTarget{"/?x=1", "/", 0},
      GoodTarget{"/a%20b/%C3%A9", "/a b/\xC3\xA9", 2},
      GoodTarget{"/%73ecurity", "/security", 1},
      GoodTarget{"/...", "/...", 1},
      GoodTarget{"/.hidden/a..b/c.", "/.hidden/a..b/c.", 3},
      GoodTarget{"/a+b", "/a+b", 1},  // a plus is a plus in paths
      GoodTarget{"/x%3Fy", "/x?y", 1},
      GoodTarget{"/x%23y", "/x#y", 1},
      GoodTarget{"/100%25", "/100%", 1},
      GoodTarget{"/100%25zz", "/100%zz", 1},
      GoodTarget{"/a%2541", "/a%41", 1},
      GoodTarget{"/a:b@c,d=e&f", "/a:b@c,d=e&f", 1},
      GoodTarget{"http://host/a/b", "/a/b", 2},
      GoodTarget{"HTTPS://host:8443/a?b=c", "/a", 1},
      GoodTarget{"http://host", "/", 0},
      GoodTarget{"http://host?x=1", "/", 0},
      GoodTarget{"http://[::1]:80/a", "/a", 1},
  };
  for (const GoodTarget& row : kGood) {
    const auto target = parse_target(row.raw);
    ASSERT_TRUE(target.has_value()) << row.raw << ": " << target.error().message;
    EXPECT_EQ(target->path, row.path) << row.raw;
    EXPECT_EQ(target->segments.size(), row.segments) << row.raw;
  }
}

struct BadTarget {
  std::string_view raw;
  std::string_view why;  // a part of the message
};

TEST(Target, RefusesPathsThatTwoReadersCouldReadDifferently) {
  using namespace std::string_view_literals;
  constexpr std::array kBad = {
      BadTarget{"", "no target"},
      BadTarget{"/a%2fb", "encoded slash"},
      BadTarget{"/a%2Fb", "encoded slash"},
      BadTarget{"/..%2f..%2fetc", "encoded slash"},
      BadTarget{"/a\\b", "backslash"},
      BadTarget{"/a%5cb", "backslash"},
      BadTarget{"/a%5Cb", "backslash"},
      BadTarget{"/%00", "NUL"},
      BadTarget{"/a%00.js", "NUL"},
      BadTarget{"/a\0b"sv, "control character"},
      BadTarget{"/a%0d%0aX", "control character"},
      BadTarget{"/a%1f", "control character"},
      BadTarget{"/a%7F", "control character"},
      BadTarget{"/a\tb", "control character"},
      BadTarget{"/a\x7f", "control character"},
      BadTarget{"/a%C2%85", "control character"},
      BadTarget{"/a b", "space"},
      BadTarget{"/a;b", "semicolon"},
      BadTarget{"/rest/security/..;/x", "semicolon"},
      BadTarget{"/rest/security/;a=b/x", "semicolon"},
      BadTarget{"/a%3bb", "semicolon"},
      BadTarget{"/a%3Bb", "semicolon"},
      BadTarget{"/.", "segment"},
      BadTarget{"/..", "segment"},
      BadTarget{"/a/./b", "segment"},
      BadTarget{"/rest/api/2/../../security/x", "segment"},
      BadTarget{"/rest/security/%2e%2e/api", "segment"},
      BadTarget{"/rest/%2E/x", "segment"},
      BadTarget{"/rest/.%2e/x", "segment"},
      BadTarget{"/rest/%2E./x", "segment"},
      BadTarget{"/a/..?x=1", "segment"},
      BadTarget{"//", "empty segment"},
      BadTarget{"//rest/security/x", "empty segment"},
      BadTarget{"/a//b", "empty segment"},
      BadTarget{"/a//", "empty segment"},
      BadTarget{"/a%", "broken percent"},
      BadTarget{"/a%2", "broken percent"},
      BadTarget{"/a%zz/b", "broken percent"},
      BadTarget{"/a%u002e", "broken percent"},
      BadTarget{"/%252e%252e/x", "twice"},
      BadTarget{"/%252E", "twice"},
      BadTarget{"/a%252fb", "twice"},
      BadTarget{"/a%255cb", "twice"},
      BadTarget{"/a%253bb", "twice"},
      BadTarget{"/a%2500", "twice"},
      BadTarget{"/a%25252fb", "twice"},
      BadTarget{"/%25%32%65", "twice"},
      BadTarget{"/%ff", "UTF-8"},
      BadTarget{"/%c0%af", "UTF-8"},
      BadTarget{"/%c0%ae%c0%ae/", "UTF-8"},
      BadTarget{"/%ed%a0%80", "UTF-8"},
      BadTarget{"/a#b", "fragment"},
      BadTarget{"/a?b#c", "fragment"},
      BadTarget{"*", "must be a path"},
      BadTarget{"host:443", "must be a path"},
      BadTarget{"rest/security", "must be a path"},
      BadTarget{"ftp://host/a", "must be a path"},
      BadTarget{"http:///a", "must be a path"},
      BadTarget{"http://user@host/a", "must be a path"},
      BadTarget{"http://ho%73t/a", "must be a path"},
      BadTarget{"http://host//a", "empty segment"},
      BadTarget{"http://host/../a", "segment"},
      BadTarget{"/a?x=%", "query has a broken"},
      BadTarget{"/a?x=%00", "query has a NUL"},
      BadTarget{"/a?x=%ff", "query is not valid UTF-8"},
  };
  for (const BadTarget& row : kBad) {
    const auto target = parse_target(row.raw);
    ASSERT_FALSE(target.has_value()) << row.raw << " became " << target->path;
    EXPECT_EQ(target.error().code, Code::kInvalidArgument) << row.raw;
    EXPECT_NE(target.error().message.find(row.why), std::string::npos)
        << row.raw << ": " << target.error().message;
  }
}

TEST(Query, IsReadAsFormsAre) {
  const auto query = parse_query("a=1&b=x+y&c=%26%3D%2B&d&=e&&a=2&f=g=h");
  ASSERT_TRUE(query.has_value());
  EXPECT_EQ(
      *query,
      (Query{
          {"a", "1"}, {"b", "x y"}, {"c", "&=+"}, {"d", ""}, {"", "e"}, {"a", "2"}, {"f", "g=h"}}));
  EXPECT_TRUE(parse_query("")->empty());
  EXPECT_FALSE(parse_query("a=%4").has_value());
  EXPECT_FALSE(parse_query("%zz=1").has_value());
}

TEST(Query, ErrorsDoNotRepeatTheTarget) {
  const auto target = parse_target("/a?password=hunter%");
  ASSERT_FALSE(target.has_value());
  EXPECT_EQ(target.error().message.find("hunter"), std::string::npos);
}

}  // namespace
}  // namespace spillguard::http
