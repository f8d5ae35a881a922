#include "api/export_rows.h"

#include <gtest/gtest.h>

#include <array>

namespace spillguard::api {
namespace {

class CollectedBody : public http::BodyWriter {
 public:
  Status write(std::string_view data) override {
    ++writes;
    text += data;
    return {};
  }
  std::string text;
  int writes = 0;
};

constexpr std::array<std::string_view, 3> kColumns = {"name", "count", "when"};

std::string csv_cell_of(std::string_view text) {
  std::string out;
  append_csv_cell(out, text);
  return out;
}

TEST(ExportRows, CellsAreQuotedAndGuarded) {
  EXPECT_EQ(csv_cell_of(""), "");
  EXPECT_EQ(csv_cell_of("plain text"), "plain text");
  EXPECT_EQ(csv_cell_of("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_cell_of("say \"hi\""), "\"say \"\"hi\"\"\"");
  EXPECT_EQ(csv_cell_of("two\r\nlines"), "\"two\r\nlines\"");
  for (const char* formula : {"=1+1", "+1", "-1", "@SUM(A1)", "\tx"}) {
    EXPECT_EQ(csv_cell_of(formula), std::string("'") + formula);
  }
  EXPECT_EQ(csv_cell_of("=a,b"), "\"'=a,b\"");
  EXPECT_EQ(csv_cell_of("a=b"), "a=b");
  EXPECT_EQ(csv_cell_of("bad \xFF"), "bad \xEF\xBF\xBD");
}

TEST(ExportRows, WhatNeedsQuotesIsSeenAtEveryPlace) {
  for (size_t size = 1; size < 40; ++size) {
    for (size_t at = 0; at < size; ++at) {
      for (const char c : {',', '\r', '\n'}) {
        std::string text(size, 'x');
        text[at] = c;
        const std::string guard = at == 0 && c != ',' ? "'" : "";
        EXPECT_EQ(csv_cell_of(text), '"' + guard + text + '"') << size << ' ' << at;
      }
      // Neighbours of those that count, and the highest of ASCII.
      for (const char c : {'!', '#', '+', '-', '\x0B', '\x0C', '\x0E', '\x7F', '\0'}) {
        std::string text(size, 'x');
        text[at] = c;
        const std::string guard = at == 0 && (c == '+' || c == '-') ? "'" : "";
        EXPECT_EQ(csv_cell_of(text), guard + text) << size << ' ' << at;
      }
      std::string broken(size, 'x');
      broken[at] = '\xFF';
      EXPECT_EQ(csv_cell_of(broken),
                std::string(at, 'x') + "\xEF\xBF\xBD" + std::string(size - at - 1, 'x'));
    }
  }
}

TEST(ExportRows, WhatIsLargeGoesBehindWhatWaits) {
  CollectedBody out;
  BufferedBody body(out);
  body.buffer() += "head ";
  ASSERT_TRUE(body.send("piece "));
  body.buffer() += "tail";
  ASSERT_TRUE(body.flush());
  EXPECT_EQ(out.text, "head piece tail");
  EXPECT_EQ(out.writes, 3);

  BufferedBody kept;  // goes nowhere
  const auto csv = make_csv_rows(kept, kColumns);
  for (int i = 0; i < 20'000; ++i) {
    ASSERT_TRUE(csv->row(std::array<Cell, 3>{Cell::of_word("row"), Cell::of_number(i), Cell{}}));
  }
  EXPECT_TRUE(kept.buffer().starts_with("row,0,\r\n"));
  EXPECT_TRUE(kept.buffer().ends_with("row,19999,\r\n"));
}

TEST(ExportRows, BothForms) {
  CollectedBody out;
  BufferedBody body(out);
  const std::array<Cell, 3> row = {Cell::of("x,\"y\""), Cell::of_number(-7), Cell::of_time(0)};
  const auto csv = make_csv_rows(body, kColumns);
  ASSERT_TRUE(csv->begin());
  ASSERT_TRUE(csv->row(row));
  const auto json = make_json_rows(body, kColumns);
  ASSERT_TRUE(json->begin());
  ASSERT_TRUE(json->row(row));
  ASSERT_TRUE(json->row(std::array<Cell, 3>{Cell::of("b"), Cell::of_flag(true), Cell::of_time(1)}));
  ASSERT_TRUE(body.flush());
  EXPECT_EQ(out.text,
            "name,count,when\r\n\"x,\"\"y\"\"\",-7,\r\n"
            "{\"name\":\"x,\\\"y\\\"\",\"count\":-7,\"when\":null}\n"
            "{\"name\":\"b\",\"count\":true,\"when\":\"1970-01-01T00:00:00.001Z\"}\n");
}

TEST(ExportRows, ManyRowsGoOutInLargePieces) {
  CollectedBody out;
  BufferedBody body(out);
  const auto csv = make_csv_rows(body, kColumns);
  ASSERT_TRUE(csv->begin());
  for (int i = 0; i < 100'000; ++i) {
    ASSERT_TRUE(csv->row(std::array<Cell, 3>{Cell::of("row"), Cell::of_number(i), Cell{}}));
  }
  EXPECT_LE(body.buffer().capacity(), 80U * 1024);
  ASSERT_TRUE(body.flush());
  EXPECT_LT(out.writes, 40);
  EXPECT_TRUE(out.text.ends_with("row,99999,\r\n"));
}

}  // namespace
}  // namespace spillguard::api
