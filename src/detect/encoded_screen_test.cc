#include "detect/encoded_screen.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "base/encoding.h"
#include "base/padded_row.h"
#include "base/padded_text.h"

namespace spillguard::detect {
namespace {

using Holds = EncodedScreen::Holds;

// Of one rule, of no keyword.
class Screen {
 public:
  Screen() {
    anchors_.add(0, "tok_", false, {});
    anchors_.seal();
    index_ = LiteralIndex::build(anchors_.literals()).value();
  }

  // What the texts of a row hold.
  std::vector<Holds> look(const std::vector<std::string>& texts, bool is_all = true) {
    PaddedRow row;
    for (const std::string& text : texts) row.add(PaddedText(text).view());
    screen_.look(row,
                 {.index = *index_,
                  .anchors = anchors_,
                  .stretch = SieveScratch::kStretch,
                  .is_all = is_all},
                 layers_, scratch_);
    std::vector<Holds> held;
    for (uint32_t i = 0; i < texts.size(); ++i) held.push_back(screen_.holds(i));
    return held;
  }
  Holds look_at_one(const std::string& text) { return look({text}).front(); }

 private:
  AnchorTable anchors_;
  std::optional<LiteralIndex> index_;
  Layers layers_;
  LiteralScratch scratch_;
  EncodedScreen screen_;
};

const std::string kWords = "some words of a text that is quite long";

std::string utf16_of(const std::string& text) {
  std::string bytes;
  for (const char c : text) bytes += std::string{c, '\0'};
  return bytes;
}

TEST(EncodedScreen, TellsTextsOfARowApart) {
  Screen screen;
  const std::vector<std::string> texts = {
      "",
      kWords,
      "a: " + base64_encode(kWords),
      "tok_ in clear",
      "b: " + base64_encode("and tok_a1b2c3 is in it"),
      "tok_ in front of %41%42",
      R"(c:\u0074ok_ in part)",
      hex_encode(kWords) + "\n" + hex_encode(kWords),
  };
  const std::vector<Holds> expected = {Holds::kNothing, Holds::kNothing,  Holds::kNoSecrets,
                                       Holds::kNothing, Holds::kMaybe,    Holds::kMaybe,
                                       Holds::kMaybe,   Holds::kNoSecrets};
  EXPECT_EQ(screen.look(texts), expected);
  // And again, with nothing left of the first time.
  EXPECT_EQ(screen.look({kWords, texts[4]}), (std::vector{Holds::kNothing, Holds::kMaybe}));
  EXPECT_EQ(screen.look(texts), expected);
}

TEST(EncodedScreen, WhatIsEncodedInTurnIsLeftToTheLayers) {
  Screen screen;
  EXPECT_EQ(screen.look_at_one(base64_encode(base64_encode(kWords))), Holds::kMaybe);
  EXPECT_EQ(screen.look_at_one(base64_encode("what is %41%42 here?")), Holds::kMaybe);
  EXPECT_EQ(screen.look_at_one(base64_encode(utf16_of(kWords))), Holds::kMaybe);
}

// A rule that is found without literals may be anywhere.
TEST(EncodedScreen, OtherSearchesAreNotToldByLiterals) {
  Screen screen;
  const std::string encoded = base64_encode(kWords);
  EXPECT_EQ(screen.look({encoded}, true), std::vector{Holds::kNoSecrets});
  EXPECT_EQ(screen.look({encoded, kWords}, false), (std::vector{Holds::kMaybe, Holds::kNothing}));
}

// What has no room with the others is not told, and the others are.
TEST(EncodedScreen, MoreThanThereIsRoomFor) {
  Screen screen;
  std::vector<std::string> texts;
  for (int i = 0; i < 7; ++i) {
    // Each run is decoded with the words around it, which are the same for all of the line.
    std::string text;
    while (text.size() < PaddedRow::kMostSmall) text += "%41 &amp; \\/ =3D\n";
    texts.push_back(text);
  }
  texts.push_back(base64_encode(kWords));
  size_t maybe = 0;
  for (const Holds held : screen.look(texts)) {
    EXPECT_NE(held, Holds::kNothing);
    maybe += held == Holds::kMaybe ? 1 : 0;
  }
  EXPECT_GT(maybe, 0U);
  EXPECT_LT(maybe, texts.size());
}

}  // namespace
}  // namespace spillguard::detect
