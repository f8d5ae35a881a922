#include "cli/csv_writer.h"

#include <gtest/gtest.h>

namespace spillguard::cli {
namespace {

TEST(CsvCell, QuotingAndFormulas) {
  struct Case {
    const char* text;
    const char* cell;
  };
  constexpr Case kCases[] = {
      {"", ""},
      {"plain", "plain"},
      {"with space ", "with space "},
      {"a,b", "\"a,b\""},
      {"say \"x\"", "\"say \"\"x\"\"\""},
      {"\"", "\"\"\"\""},
      {"a\nb", "\"a\nb\""},
      {"a\rb", "\"a\rb\""},
      {"a;b\tc", "a;b\tc"},
      // What a spreadsheet would run, or use to get at the next cell.
      {"=1+1", "'=1+1"},
      {"+1", "'+1"},
      {"-1", "'-1"},
      {"@SUM(A1)", "'@SUM(A1)"},
      {"\t=1", "'\t=1"},
      {"\r=1", "\"'\r=1\""},
      {"\n=1", "\"'\n=1\""},
      {"=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""},
      {"a=1", "a=1"},
      {"1-1", "1-1"},
      {"\xC3\xA9", "\xC3\xA9"},
      {"a\xFF", "a\xEF\xBF\xBD"},
  };
  for (const Case& one : kCases) {
    EXPECT_EQ(csv_cell(one.text), one.cell);
  }
}

}  // namespace
}  // namespace spillguard::cli
