#include "cli/ignore_list.h"

#include <gtest/gtest.h>

#include <string>

namespace spillguard::cli {
namespace {

struct GlobCase {
  const char* pattern;
  const char* path;
  bool folder;
  bool matches;
};

TEST(PathPattern, Table) {
  constexpr GlobCase kCases[] = {
      // A name without a slash: at any depth, files and folders.
      {"a.txt", "a.txt", false, true},
      {"a.txt", "b/c/a.txt", false, true},
      {"a.txt", "a.txt.b", false, false},
      {"a.txt", "ba.txt", false, false},
      {"a", "a", true, true},
      {"A", "a", false, false},
      // A slash before or inside: from the root.
      {"/a.txt", "a.txt", false, true},
      {"/a.txt", "b/a.txt", false, false},
      {"b/a.txt", "b/a.txt", false, true},
      {"b/a.txt", "c/b/a.txt", false, false},
      // A slash behind: folders.
      {"build/", "build", true, true},
      {"build/", "build", false, false},
      {"build/", "x/build", true, true},
      {"/build/", "x/build", true, false},
      // * and ? stay within a name.
      {"*.log", "a.log", false, true},
      {"*.log", "b/.log", false, true},
      {"*.log", "a.logs", false, false},
      {"/*.log", "b/a.log", false, false},
      {"a*b*c", "aXbYbZc", false, true},
      {"a*b*c", "aXbYbZ", false, false},
      {"b/*", "b/a", false, true},
      {"b/*", "b/a/c", false, false},
      {"a?c", "abc", false, true},
      {"a?c",
       "a\xC3\xA9"
       "c",
       false, true},
      {"a?c",
       "a\xE9"
       "c",
       false, true},
      {"a?c", "ac", false, false},
      {"/a?c", "a/c", false, false},
      // ** crosses folders.
      {"**/a", "a", false, true},
      {"**/a", "x/y/a", false, true},
      {"**/a", "xa", false, false},
      {"x/**/a", "x/a", false, true},
      {"x/**/a", "x/y/z/a", false, true},
      {"x/**/a", "xy/a", false, false},
      {"x/**/a", "x/ya", false, false},
      {"x/**", "x/a", false, true},
      {"x/**", "x/a/b", false, true},
      {"x/**", "x", true, false},
      {"x/**", "y/x/a", false, false},
      {"**", "a/b", false, true},
      {"a**b", "aXb", false, true},
      {"/a**b", "a/b", false, false},
      {"**/x/**/y*", "1/x/2/3/yy", false, true},
      // […]
      {"[abc].c", "b.c", false, true},
      {"[abc].c", "d.c", false, false},
      {"[!abc].c", "d.c", false, true},
      {"[^abc].c", "a.c", false, false},
      {"[a-c0-9]", "7", false, true},
      {"[a-c0-9]", "d", false, false},
      {"[]x]", "]", false, true},
      {"[a-]", "-", false, true},
      {"[\\]]", "]", false, true},
      {"[\xC3\xA0-\xC3\xAF]", "\xC3\xA9", false, true},
      {"/x[!a]y", "x/y", false, false},
      // Escapes.
      {"\\#a", "#a", false, true},
      {"\\!a", "!a", false, true},
      {"a\\*", "a*", false, true},
      {"a\\*", "ab", false, false},
      {"a\\\\b", "a\\b", false, true},
  };
  for (const GlobCase& one : kCases) {
    const auto pattern = PathPattern::compile(one.pattern);
    ASSERT_TRUE(pattern) << one.pattern << ": " << pattern.error().message;
    EXPECT_EQ(pattern->matches(one.path, one.folder), one.matches)
        << one.pattern << " on " << one.path;
  }
}

TEST(PathPattern, ManyStarsAreNotManyTries) {
  std::string pattern = "/";
  for (int i = 0; i < 60; ++i) {
    pattern += "*a";
  }
  const auto compiled = PathPattern::compile(pattern + "b");
  ASSERT_TRUE(compiled);
  EXPECT_FALSE(compiled->matches(std::string(2000, 'a'), false));
  EXPECT_TRUE(compiled->matches(std::string(2000, 'a') + "b", false));
}

TEST(IgnoreList, LastLineThatMatchesDecides) {
  IgnoreList list;
  ASSERT_TRUE(list.add("x", "# a comment\r\n\n*.log  \r\n!keep.log\n/deep/*\n\\#sharp\nend\\ \n"));
  EXPECT_TRUE(list.ignores("a.log", false));
  EXPECT_FALSE(list.ignores("keep.log", false));
  EXPECT_FALSE(list.ignores("b/keep.log", false));
  EXPECT_TRUE(list.ignores("deep/keep.log", false));
  EXPECT_TRUE(list.ignores("#sharp", false));
  EXPECT_TRUE(list.ignores("end ", false));
  EXPECT_FALSE(list.ignores("end", false));
  EXPECT_FALSE(list.ignores("a comment", false));
  // A later file speaks after an earlier one.
  ASSERT_TRUE(list.add("y", "keep.log"));
  EXPECT_TRUE(list.ignores("keep.log", false));
}

TEST(IgnoreList, BadLinesNameFileAndLine) {
  struct Bad {
    const char* line;
    const char* message;
  };
  constexpr Bad kBad[] = {
      {"[ab", "some/file:3: [ without its ]"},
      {"[a/b]", "some/file:3: [ without its ]"},
      {"[]", "some/file:3: [ without its ]"},
      {"[z-a]", "some/file:3: a range in […] ends before it begins"},
      {"[[:alpha:]]", "some/file:3: classes such as [:alpha:] are not known"},
      {"a\\", "some/file:3: ends in a backslash"},
      {"!", "some/file:3: names no file or folder"},
      {"/", "some/file:3: names no file or folder"},
      {"a//b", "some/file:3: there is no name between two slashes"},
      {"./a", "some/file:3: paths are relative to the scanned folder"},
      {"a/../b", "some/file:3: paths are relative to the scanned folder"},
  };
  for (const Bad& bad : kBad) {
    IgnoreList list;
    const Status status = list.add("some/file", "ok\n# fine\n" + std::string(bad.line) + "\nok");
    ASSERT_FALSE(status) << bad.line;
    EXPECT_TRUE(status.error().message.starts_with(bad.message)) << status.error().message;
  }
  IgnoreList list;
  EXPECT_FALSE(list.add("f", std::string("a\0b", 3)));
  EXPECT_FALSE(list.add("f", std::string(5000, 'a')));
}

}  // namespace
}  // namespace spillguard::cli
