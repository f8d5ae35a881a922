#include "cli/pragma.h"

#include <gtest/gtest.h>

#include <string>

namespace spillguard::cli {
namespace {

struct PragmaCase {
  const char* line;
  bool this_line;
  bool next_line;
};

TEST(AllowedLines, Table) {
  constexpr PragmaCase kCases[] = {
      {"x = 1  # pragma: allowlist secret", true, false},
      {"x = 1; // pragma: allowlist secret", true, false},
      {"x = 1; /* pragma: allowlist secret */", true, false},
      {"<a>1</a> <!-- pragma: allowlist secret -->", true, false},
      {"x = 1 -- pragma: allowlist secret", true, false},
      {"x=1 ; pragma: allowlist secret", true, false},
      {"% pragma:allowlist secret", true, false},
      {"{# pragma:\tallowlist   secret #}", true, false},
      {"' Pragma: Allowlist Secret", true, false},
      {"#pragma: allowlist secret.", true, false},
      {"{\"_\": \"pragma: allowlist secret\", \"x\": 1}", true, false},
      {"# pragma: allowlist nextline secret", false, true},
      {"/* pragma: allowlist nextline secret */", false, true},
      {"http://pragma: x # pragma: allowlist secret", true, false},
      // Not these.
      {"# pragma: allowlist", false, false},
      {"# pragma: allowlist secrets", false, false},
      {"# pragma: allowlistsecret", false, false},
      {"# pragma: allowlist next secret", false, false},
      {"# pragma allowlist secret", false, false},
      {"# pragma : allowlist secret", false, false},
      {"# my_pragma: allowlist secret", false, false},
      {"# pragma: no cover", false, false},
      {"pragma:", false, false},
      {":", false, false},
  };
  for (const PragmaCase& one : kCases) {
    const AllowedLines lines("first\n" + std::string(one.line) + "\nthird\nfourth");
    EXPECT_EQ(lines.allow(2, 2, {}), one.this_line) << one.line;
    EXPECT_EQ(lines.allow(3, 3, {}), one.next_line) << one.line;
    EXPECT_FALSE(lines.allow(1, 1, {})) << one.line;
    EXPECT_FALSE(lines.allow(4, 4, {})) << one.line;
  }
}

TEST(AllowedLines, WordsOfOnePragmaStandOnOneLine) {
  EXPECT_FALSE(AllowedLines("# pragma:\nallowlist secret").allow(1, 2, {}));
  EXPECT_FALSE(AllowedLines("# pragma: allowlist\nsecret").allow(1, 2, {}));
}

TEST(AllowedLines, FirstOrLastLineOfASecret) {
  const AllowedLines lines("a\nb # pragma: allowlist secret\nc\r\nd # pragma: allowlist secret\n");
  EXPECT_TRUE(lines.allow(2, 3, {}));
  EXPECT_TRUE(lines.allow(3, 4, {}));
  EXPECT_FALSE(lines.allow(1, 3, {}));  // a line in the middle is the secret's own text
  EXPECT_FALSE(lines.allow(5, 5, {}));
}

TEST(AllowedLines, OnlyTheNeighbourhoodOfALongLine) {
  const std::string pragma = "# pragma: allowlist secret";
  const std::string text =
      "x\n" + std::string(40'000, 'a') + pragma + " " + std::string(40'000, 'b');
  const AllowedLines lines(text);
  const auto allowed = [&](size_t offset) {
    return lines.allow(2, 2, {.begin = offset, .end = offset + 10});
  };
  EXPECT_TRUE(allowed(40'000));
  EXPECT_TRUE(allowed(40'000 - AllowedLines::kReach + 100));
  EXPECT_TRUE(allowed(40'000 + AllowedLines::kReach - 100));
  EXPECT_FALSE(allowed(40'000 - AllowedLines::kReach - 100));
  EXPECT_FALSE(allowed(40'100 + AllowedLines::kReach));
}

}  // namespace
}  // namespace spillguard::cli
