#include "detect/hit_sift.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/padded_row.h"
#include "detect/generic/keywords.h"

namespace spillguard::detect {
namespace {

uint32_t keyword_of(std::string_view text) {
  const auto anchors = generic::anchors();
  for (uint32_t i = 0; i < anchors.size(); ++i) {
    if (anchors[i].text == text) return i;
  }
  return AnchorTable::kNoKeyword;
}

// Literal 0 wakes rule 5 where a digit follows, and 1 is the keyword "token".
AnchorTable two_literals() {
  AnchorTable table;
  regex::AnchorGuard digit;
  digit.used = true;
  digit.before = ~regex::ByteSet();
  digit.may_begin_text = true;
  digit.after = {regex::bytes_of("0123456789")};
  table.add(5, "key_", false, digit);
  table.add_keyword(keyword_of("token"), "token");
  table.seal();
  return table;
}

// All places of both literals in the searched bytes.
std::vector<LiteralHit> hits_in(std::string_view bytes) {
  std::vector<LiteralHit> hits;
  for (size_t end = 1; end <= bytes.size(); ++end) {
    if (bytes.substr(0, end).ends_with("key_")) hits.push_back({.literal = 0, .end = end});
    if (bytes.substr(0, end).ends_with("token")) hits.push_back({.literal = 1, .end = end});
  }
  return hits;
}

TEST(HitSift, KeepsWhatMattersByItsTextAndPlace) {
  const AnchorTable anchors = two_literals();
  const std::vector<PaddedText> texts = [] {
    std::vector<PaddedText> all;
    for (const char* text :
         {"key_x token = a", "", "a token has expired today.", "key_1 key_2, token: b"}) {
      all.emplace_back(std::string(text));
    }
    return all;
  }();
  PaddedRow row;
  for (const PaddedText& text : texts) row.add(text.view());
  const std::vector<LiteralHit> hits = hits_in(row.whole().text());
  ASSERT_EQ(hits.size(), 6U);

  HitSift sift;
  for (int round = 0; round < 2; ++round) {  // it forgets
    sift.begin(hits.size());
    const LiteralHit* hit = hits.data();
    const LiteralHit* const end = hit + hits.size();
    for (uint32_t i = 0; i < row.texts(); ++i) {
      hit = sift.take(anchors, row.text(i), i, row.place(i), hit, end);
    }
    EXPECT_EQ(hit, end);
    sift.finish();
    // key_x lacks the digit, and the token of the sentence has no value.
    ASSERT_EQ(sift.waking().size(), 2U);
    EXPECT_EQ(sift.waking()[0].text, 3U);
    EXPECT_EQ(sift.waking()[0].at, (Span{0, 4}));
    EXPECT_EQ(sift.waking()[1].at, (Span{6, 10}));
    ASSERT_EQ(sift.keywords().size(), 2U);
    EXPECT_EQ(sift.keywords()[0].text, 0U);
    EXPECT_EQ(sift.keywords()[0].at, (Span{6, 11}));
    EXPECT_EQ(sift.keywords()[1].text, 3U);
    EXPECT_EQ(sift.keywords()[1].at, (Span{13, 18}));
    EXPECT_EQ(sift.keywords()[1].bytes, texts[3].text());
  }
}

TEST(HitSift, PassesOverWhatBeginsBeforeTheText) {
  const AnchorTable anchors = two_literals();
  // As if the searched bytes were one text: the second begins in the middle of a literal.
  const PaddedText whole(std::string("xkey_1"));
  const std::vector<LiteralHit> hits = hits_in(whole.text());
  HitSift sift;
  sift.begin(hits.size());
  const PaddedView text = whole.view().subview(2, 4);
  const LiteralHit* const end = hits.data() + hits.size();
  EXPECT_EQ(sift.take(anchors, text, 0, {.begin = 2, .end = 6}, hits.data(), end), end);
  sift.finish();
  EXPECT_TRUE(sift.waking().empty());
}

}  // namespace
}  // namespace spillguard::detect
