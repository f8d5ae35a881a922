#include "detect/decode/marks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>

#include "base/encoding.h"

namespace spillguard::detect::decode {
namespace {

Marks marks_of(const std::string& text) {
  const PaddedText padded(text);
  Marks marks;
  find_marks(padded.view(), marks);
  return marks;
}

using Offsets = std::vector<size_t>;

// Base64 of a text of "U", wherever one begins to read it.
std::string run_of(size_t length) { return std::string(length, 'V'); }

TEST(Marks, RunsOfTwentyLettersBeginWhereTheyDo) {
  for (size_t before = 0; before < 140; ++before) {
    for (const size_t length : {19U, 20U, 21U, 40U, 64U, 130U, 200U}) {
      const std::string text = std::string(before, ' ') + run_of(length) + " end";
      EXPECT_EQ(marks_of(text).runs, length < 20 ? Offsets{} : Offsets{before})
          << before << " " << length;
    }
  }
}

TEST(Marks, SeveralRunsInOneBlock) {
  const std::string run = run_of(21);
  EXPECT_EQ(marks_of(run + "." + run + "." + run + ".").runs, (Offsets{0, 22, 44}));
}

TEST(Marks, PartsOfPathsAreRuns) {
  const std::string run = run_of(20);
  for (size_t before = 0; before < 70; ++before) {
    const std::string text =
        std::string(before, ' ') + "g/" + run + "/A//" + run + "/" + run.substr(1);
    EXPECT_EQ(marks_of(text).runs, (Offsets{before + 2, before + 26})) << before;
  }
}

TEST(Marks, RunsThatCanNotBeTextAreNone) {
  const std::string rest = run_of(20);
  const std::string hex = "70617373776f72643a2031206f72203200";
  EXPECT_EQ(marks_of("cGFz" + rest + " " + hex).runs, (Offsets{0, 25}));
  EXPECT_EQ(marks_of("gqqq" + rest + " path/name" + rest).runs, Offsets{});
  EXPECT_EQ(marks_of("0x" + hex).runs, Offsets{0});
  for (size_t size = 20; size < 32; ++size) {
    EXPECT_EQ(marks_of(hex.substr(0, size)).runs, Offsets{}) << "too short";
  }
  EXPECT_EQ(marks_of("70617373776f72643a2031206f721032").runs, Offsets{});  // 10 is no text
  EXPECT_EQ(marks_of("6B38497E-9448-3433-9ABC-000000000000").runs, Offsets{});
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

TEST(Marks, EscapesOfNothingThatMattersAreNone) {
  EXPECT_EQ(marks_of("%C3%BC %80 %u20ac %u0041 ").escapes, Offsets{18});
  EXPECT_EQ(
      marks_of(R"(\\host\Users \U00000041 \777 \101 \u20ac \u{41} \uu0041 \xfc \x41 )").escapes,
      (Offsets{13, 29, 41, 48, 61}));
  EXPECT_EQ(marks_of("a&b=1&copy=2 &lt; &equals; &#x; &# ").escapes, (Offsets{13, 18, 27}));
  EXPECT_EQ(marks_of(R"(\\"")").escapes, Offsets{1});
}

size_t runs_of_both(const std::string& text) {
  const PaddedText padded(text);
  Marks quick;
  Marks plain;
  find_marks(padded.view(), quick);
  find_marks_plainly(padded.view(), plain);
  EXPECT_EQ(quick.runs, plain.runs) << text;
  EXPECT_EQ(quick.escapes, plain.escapes) << text;
  return plain.runs.size();
}

// Whatever the bytes, both ways give the same.
TEST(Marks, VectorsAndPlainCodeAgree) {
  std::mt19937 random(7);
  const std::string letters = "aZ09+/-_%\\&=3D\nn\".: \x80\xFF@`[{~,";
  for (int round = 0; round < 400; ++round) {
    std::string text(random() % 500, round % 3 == 0 ? 'V' : 'a');
    const bool sparse = random() % 2 == 0;
    for (char& c : text) {
      if (!sparse || random() % 16 == 0) c = letters[random() % letters.size()];
    }
    runs_of_both(text);
  }
  std::string all;
  for (int c = 0; c < 256; ++c) {
    all += run_of(30) + static_cast<char>(c) + run_of(19) + " " + static_cast<char>(c) + "3D\n";
  }
  EXPECT_GE(runs_of_both(all), 256U);
}

// What is encoded: texts of ASCII, of UTF-8, of UTF-16, and bytes that are nearly those; in long
// texts, too.
TEST(Marks, VectorsAndPlainCodeAgreeOnWhatIsEncoded) {
  std::mt19937 random(11);
  const std::array<std::string, 9> parts = {
      "a", "Z", " ", "\n", "\xC3\xBC", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\x80", "\x01"};
  const std::array<std::string, 5> fronts = {"", "\xFF\xFE", "\xFE\xFF", std::string(1, '\0'),
                                             std::string("x\0", 2)};
  size_t runs = 0;
  for (int round = 0; round < 400; ++round) {
    std::string text;
    for (size_t left = random() % 80; left > 0; --left) {
      std::string bytes = random() % 4 == 0 ? fronts[random() % fronts.size()] : std::string();
      const size_t kinds = parts.size() - (random() % 4 == 0 ? 0 : 2);
      while (bytes.size() < 20) bytes += parts[random() % kinds];
      std::string letters = random() % 4 == 0 ? hex_encode(bytes) : base64_encode(bytes);
      if (random() % 8 == 0) letters[random() % letters.size()] = "-_+/"[random() % 4];
      text += std::string(random() % 70, '.') + (random() % 2 == 0 ? "/" : "") + letters;
    }
    runs += runs_of_both(text);
  }
  EXPECT_GT(runs, 1000U);
}

// Whatever a text begins with, and whatever goes on from there.
TEST(Marks, VectorsAndPlainCodeAgreeOnAllFirstBytes) {
  const std::array<std::string, 5> tails = {"password: 17 or so",
                                            std::string("\0p\0a\0s\0s\0w\0o\0r\0d", 16),
                                            std::string("p\0a\0s\0s\0w\0o\0r\0d\0", 16),
                                            "\x80 and all the rest", "\xBF\x80 the rest of it"};
  size_t runs = 0;
  for (const std::string& tail : tails) {
    std::string text;
    for (unsigned first = 0; first < 0x10000; ++first) {
      const std::string bytes = {static_cast<char>(first / 256), static_cast<char>(first % 256)};
      text += base64_encode(bytes + tail) + " " + hex_encode(bytes + tail) + " ";
    }
    runs += runs_of_both(text);
  }
  EXPECT_GT(runs, 20'000U);
}

// Runs and escapes over the edges of pieces too.
TEST(Marks, PieceByPieceTheyAreTheSame) {
  std::mt19937 random(17);
  size_t found = 0;
  for (int round = 0; round < 40; ++round) {
    std::string text;
    const size_t size = MarksSearch::kPiece * (1 + random() % 4) + random() % 300;
    while (text.size() < size) {
      text += run_of(random() % 60) + std::string(random() % 40, ".=%\\& /"[random() % 8]);
      if (random() % 4 == 0) text += "%41 =3D &amp; \\/ /";
    }
    const PaddedText padded(text);
    Marks plain;
    find_marks_plainly(padded.view(), plain);
    Marks marks;
    MarksSearch search;
    for (size_t end = 0; end < text.size();) {
      end = std::min(text.size(), end + 1 + random() % 20'000);
      search.find(padded.view(), end, marks);
    }
    EXPECT_EQ(marks.runs, plain.runs) << round;
    EXPECT_EQ(marks.escapes, plain.escapes) << round;
    found += marks.runs.size() + marks.escapes.size();
  }
  EXPECT_GT(found, 10'000U);
}

// Texts end everywhere in a step, whatever stands behind them, and long ones go on over stretches.
TEST(Marks, VectorsAndPlainCodeAgreeOnPartsOfTexts) {
  std::mt19937 random(13);
  std::string text;
  while (text.size() < 20'000) {
    text += run_of(random() % 60) + std::string(random() % 50, ".=%\\& /"[random() % 8]);
    if (random() % 4 == 0) text += "%41 =3D &amp; \\/ /";
  }
  const PaddedText padded(text);
  size_t marks = 0;
  for (size_t round = 0; round < 3000; ++round) {
    const size_t begin = random() % text.size();
    const size_t most = round % 4 == 0 ? text.size() : 300;
    const size_t size = random() % std::min(most, text.size() - begin + 1);
    const PaddedView part = padded.view().subview(begin, size);
    Marks quick;
    Marks plain;
    find_marks(part, quick);
    find_marks_plainly(part, plain);
    ASSERT_EQ(quick.runs, plain.runs) << begin << " " << size;
    ASSERT_EQ(quick.escapes, plain.escapes) << begin << " " << size;
    marks += plain.runs.size() + plain.escapes.size();
  }
  EXPECT_GT(marks, 10'000U);
}

// Bytes that are nearly letters beside runs of about the least length, wherever they stand.
TEST(Marks, VectorsAndPlainCodeAgreeOnNearlyLetters) {
  std::mt19937 random(17);
  const std::string nearly = "@`;[{\\|=]}^~?\x7F/-_+:.'\xAF\xB0\xFA";
  size_t runs = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    while (text.size() < 700) {
      const size_t size = 15 + random() % 12;
      std::string bytes(18, 'a');
      for (char& c : bytes) c = static_cast<char>(' ' + random() % 95);
      text += random() % 2 == 0 ? base64_encode(bytes).substr(0, size) : run_of(size);
      if (random() % 4 == 0) text[random() % text.size()] = nearly[random() % nearly.size()];
      text += std::string(random() % 3 == 0 ? random() % 30 : 1, nearly[random() % nearly.size()]);
    }
    runs += runs_of_both(text.substr(random() % 40));
  }
  EXPECT_GT(runs, 5'000U);
}

// All that twenty letters stand for: bytes that no text has at one of the places, and those of
// UTF-8 that are in no order.
TEST(Marks, VectorsAndPlainCodeAgreeOnWhatIsNoText) {
  std::mt19937 random(19);
  const std::array<std::string, 8> fronts = {"abc",
                                             "\xC3\xBC",
                                             "\xFF\xFE",
                                             "\xFE\xFF",
                                             std::string("\0a", 2),
                                             std::string("a\0", 2),
                                             "\xE2\x82\xAC",
                                             "\xF0\x9F\x98\x80"};
  size_t runs = 0;
  for (unsigned byte = 0; byte < 256; ++byte) {
    std::string text;
    for (const std::string& front : fronts) {
      for (size_t at = 0; at < 15; ++at) {
        std::string bytes = (front + "what is encoded in here").substr(0, 15);
        bytes[at] = static_cast<char>(byte);
        text += base64_encode(bytes) + " ";
        bytes[random() % bytes.size()] = static_cast<char>(random());
        text += base64_encode(bytes) + " ";
      }
    }
    runs += runs_of_both(text);
  }
  EXPECT_GT(runs, 10'000U);
}

// Each byte behind each lead.
TEST(Marks, VectorsAndPlainCodeAgreeOnAllFollowers) {
  const std::string line(75, '.');
  size_t escapes = 0;
  for (const char lead : std::string("%\\&=")) {
    for (unsigned byte = 0; byte < 256; ++byte) {
      for (const std::string tail :
           {"00;and more of it", "D7;and more of it", "{x;and more of it"}) {
        const std::string text = line + "\n" + line + lead + static_cast<char>(byte) + tail;
        const PaddedText padded(text);
        Marks quick;
        Marks plain;
        find_marks(padded.view(), quick);
        find_marks_plainly(padded.view(), plain);
        ASSERT_EQ(quick.escapes, plain.escapes) << text;
        escapes += plain.escapes.size();
      }
    }
  }
  EXPECT_GT(escapes, 60U);
}

}  // namespace
}  // namespace spillguard::detect::decode
