#include "detect/decode/marks.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace spillguard::detect::decode {
namespace {

Marks marks_of(const std::string& text) {
  const PaddedText padded(text);
  Marks marks;
  find_marks(padded.view(), marks);
  return marks;
}

using Offsets = std::vector<size_t>;

TEST(Marks, RunsOfTwentyLettersBeginWhereTheyDo) {
  for (size_t before = 0; before < 140; ++before) {
    for (const size_t length : {19U, 20U, 21U, 40U, 64U, 130U, 200U}) {
      const std::string text = std::string(before, ' ') + std::string(length, 'A') + " end";
      EXPECT_EQ(marks_of(text).runs, length < 20 ? Offsets{} : Offsets{before})
          << before << " " << length;
    }
  }
}

TEST(Marks, SeveralRunsInOneBlock) {
  const std::string run(21, 'A');
  EXPECT_EQ(marks_of(run + "." + run + "." + run + ".").runs, (Offsets{0, 22, 44}));
}

TEST(Marks, PartsOfPathsAreRuns) {
  const std::string run(20, 'A');
  for (size_t before = 0; before < 70; ++before) {
    const std::string text =
        std::string(before, ' ') + "g/" + run + "/A//" + run + "/" + run.substr(1);
    EXPECT_EQ(marks_of(text).runs, (Offsets{before + 2, before + 26})) << before;
  }
}

TEST(Marks, RunsThatCanNotBeTextAreNone) {
  const std::string rest(20, 'A');
  EXPECT_EQ(marks_of("cGFz" + rest + " 70617373776f72643a2031").runs, (Offsets{0, 25}));
  EXPECT_EQ(marks_of("gqqq" + rest + " path/name" + rest).runs, Offsets{});
}

TEST(Marks, EscapesOnlyWhereSomethingMayFollow) {
  EXPECT_EQ(marks_of("50% of %41 and %u0041 %zz").escapes, (Offsets{7, 15}));
  EXPECT_EQ(marks_of(R"(a\"b c:\dir \\ \u0041 x\nAb x\n b \/ c:\new\names\x y\nAbc_123456789abc)")
                .escapes,
            (Offsets{1, 15, 34, 53}));
  EXPECT_EQ(marks_of("a & b &amp; &#65; ").escapes, (Offsets{6, 12}));
  EXPECT_EQ(marks_of("a=b a=3D a=30 end=\nx ").escapes, (Offsets{5}));
  const std::string line(75, '.');
  EXPECT_EQ(marks_of("x\n" + line + "=\nrest").escapes, (Offsets{77}));
  EXPECT_EQ(marks_of("x\n" + line + ".=\nrest").escapes, Offsets{});
  EXPECT_EQ(marks_of(line.substr(4) + "=\r\nrest").escapes, (Offsets{71}));
}

// Whatever the bytes, both ways give the same.
TEST(Marks, VectorsAndPlainCodeAgree) {
  std::mt19937 random(7);
  const std::string letters = "aZ09+/-_%\\&=3D\nn\".: \x80\xFF@`[{~,";
  for (int round = 0; round < 400; ++round) {
    std::string text(random() % 500, 'a');
    const bool sparse = random() % 2 == 0;
    for (char& c : text) {
      if (!sparse || random() % 16 == 0) c = letters[random() % letters.size()];
    }
    const PaddedText padded(text);
    Marks quick;
    Marks plain;
    find_marks(padded.view(), quick);
    find_marks_plainly(padded.view(), plain);
    EXPECT_EQ(quick.runs, plain.runs) << text;
    EXPECT_EQ(quick.escapes, plain.escapes) << text;
  }
  std::string all;
  for (int c = 0; c < 256; ++c) {
    all += std::string(30, static_cast<char>(c)) + " " + static_cast<char>(c) + "3D\n";
  }
  const PaddedText padded(all);
  Marks quick;
  Marks plain;
  find_marks(padded.view(), quick);
  find_marks_plainly(padded.view(), plain);
  EXPECT_EQ(quick.runs, plain.runs);
  EXPECT_EQ(quick.escapes, plain.escapes);
  EXPECT_GT(quick.runs.size(), 10U);
}

}  // namespace
}  // namespace spillguard::detect::decode
