#include <gtest/gtest.h>

#include <string>
#include <string_view>

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
