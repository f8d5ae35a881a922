#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "text/text.h"

namespace spillguard::text {
namespace {

// The source behind the first place of `wanted` in the text.
std::string source_of(Markup markup, std::string_view source, std::string_view wanted) {
  const Extracted extracted = extract(markup, source);
  const size_t begin = extracted.text.text().find(wanted);
  if (begin == std::string_view::npos) {
    return "(not in the text)";
  }
  const Span span = extracted.map.to_source(Span{begin, begin + wanted.size()});
  return std::string(source.substr(span.begin, span.size()));
}

TEST(SourceMap, LinearRunsMergeAndEntitiesStandForAllTheirBytes) {
  SourceMap map;
  map.add(0, 10);
  map.add(3, 13);  // goes on as before
  map.add(5, 20, false, 6);
  map.add(6, 26);
  EXPECT_EQ(map.runs(), 3U);
  EXPECT_EQ(map.to_source(4), 14U);
  EXPECT_EQ(map.to_source(5), 20U);
  EXPECT_EQ(map.to_source(7), 27U);
  EXPECT_EQ(map.to_source(Span{3, 6}), (Span{13, 26}));
  EXPECT_EQ(map.to_source(Span{5, 6}), (Span{20, 26}));
  EXPECT_EQ(map.to_source(Span{6, 6}), (Span{26, 26}));
}

TEST(SourceMap, RunWithoutTextIsReplaced) {
  SourceMap map;
  map.add(0, 3);
  map.add(0, 7);
  EXPECT_EQ(map.runs(), 1U);
  EXPECT_EQ(map.to_source(1), 8U);
}

TEST(SourceMap, RangeIntoWhatStandsAsideIsNotEmpty) {
  SourceMap map;
  map.add(0, 50);
  map.add(5, 10);  // an aside: earlier in the source
  EXPECT_EQ(map.to_source(Span{0, 8}), (Span{12, 51}));
}

// Against a plain list of what each byte came from, with all that add() takes, forward and back.
TEST(SourceMap, ManyRunsAnswerAsAPlainListDoes) {
  std::mt19937_64 random(7);
  const auto below = [&](size_t end) { return static_cast<size_t>(random() % end); };
  for (int round = 0; round < 20; ++round) {
    SourceMap map;
    std::vector<std::pair<size_t, size_t>> origins;  // source range of each byte of the text
    const size_t far = size_t{1} << (10 + 2 * static_cast<unsigned>(round));
    const size_t adds = 1 + below(400);
    for (size_t i = 0; i < adds; ++i) {
      const size_t source = below(3) == 0 ? below(far) : i * 3;
      const size_t length = below(4);  // 0: a run that gets no text
      const bool linear = below(2) == 0;
      const size_t source_length = 1 + below(round < 10 ? 4 : 400);
      map.add(origins.size(), source, linear, source_length);
      for (size_t k = 0; k < length; ++k) {
        linear ? origins.emplace_back(source + k, source + k + 1)
               : origins.emplace_back(source, source + source_length);
      }
    }
    for (size_t i = 0; i < origins.size(); ++i) {
      ASSERT_EQ(map.to_source(i), origins[i].first) << "round " << round << ", byte " << i;
      const Span one = map.to_source(Span{i, i + 1});
      ASSERT_EQ(one, (Span{origins[i].first, origins[i].second})) << round << ", byte " << i;
    }
  }
}

TEST(SourceMap, MarkupThatMakesARunOfEachByteDoesNotMultiplyTheText) {
  std::string source;
  while (source.size() < size_t{1} << 18U) source += "|a";
  const Extracted extracted = extract(Markup::kWiki, source);
  EXPECT_GT(extracted.map.runs(), source.size() - 10);
  EXPECT_LT(extracted.map.bytes(), source.size() * 4);
}

TEST(SourceMap, EmptyMapAnswersWithTheBegin) {
  const SourceMap map;
  EXPECT_EQ(map.to_source(5), 0U);
  EXPECT_EQ(map.to_source(Span{2, 5}).size(), 1U);
}

TEST(SourceMap, JoinedTokenCoversTheTagsInside) {
  EXPECT_EQ(source_of(Markup::kStorage, "<p>x <b>AB</b>CD y</p>", "ABCD"), "AB</b>CD");
  EXPECT_EQ(source_of(Markup::kStorage, "<p>a&amp;b</p>", "a&b"), "a&amp;b");
  EXPECT_EQ(source_of(Markup::kStorage, "<p>a<a href=\"u&amp;v\">b</a></p>", "u&v"), "u&amp;v");
  EXPECT_EQ(source_of(Markup::kStorage, "<![CDATA[a]]]]><![CDATA[>b]]>", "]]>b"),
            "]]]]><![CDATA[>b");
}

TEST(SourceMap, WikiAndAdfPointAtTheSource) {
  EXPECT_EQ(source_of(Markup::kWiki, "a {*}b{*}c [t|https://x.example]", "bc"), "b{*}c");
  EXPECT_EQ(source_of(Markup::kWiki, "see [t|https://x.example] z", "https://x.example"),
            "https://x.example");
  EXPECT_EQ(source_of(Markup::kAdf,
                      R"({"type":"doc","content":[{"type":"text","text":"q\u0041\"z"}]})", "A\"z"),
            R"(\u0041\"z)");
}

}  // namespace
}  // namespace spillguard::text
