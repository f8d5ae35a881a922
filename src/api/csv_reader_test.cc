#include "api/csv_reader.h"

#include <gtest/gtest.h>

namespace spillguard::api {
namespace {

// "line:field|field" of each record, "!error" where it has one.
std::vector<std::string> told(std::string_view text, char separator = ',') {
  std::vector<std::string> out;
  for (const CsvRecord& record : read_csv(text, separator)) {
    std::string line = std::to_string(record.line) + ":";
    for (size_t i = 0; i < record.fields.size(); ++i) {
      line += (i == 0 ? "" : "|") + record.fields[i];
    }
    out.push_back(record.error.empty() ? line : line + "!");
  }
  return out;
}
using Told = std::vector<std::string>;

TEST(CsvReader, LineEndsAndMarks) {
  EXPECT_EQ(told("a,b\nc\r\nd\re"), (Told{"1:a|b", "2:c", "3:d", "4:e"}));
  EXPECT_EQ(told("\xEF\xBB\xBF"
                 "a,b\r\n"),
            Told{"1:a|b"});
  EXPECT_EQ(told("a\n\n\r\nb\n"), (Told{"1:a", "4:b"}));
  EXPECT_EQ(told(""), Told{});
  EXPECT_EQ(told("a,"), Told{"1:a|"});
  EXPECT_EQ(told(",\n,"), (Told{"1:|", "2:|"}));
  EXPECT_EQ(told("a;b", ';'), Told{"1:a|b"});
}

TEST(CsvReader, Quotes) {
  EXPECT_EQ(told(R"("a,b","say ""yes""",)"), Told{R"(1:a,b|say "yes"|)"});
  EXPECT_EQ(told("\"two\r\nlines\",x\nnext"), (Told{"1:two\r\nlines|x", "3:next"}));
  EXPECT_EQ(told("\"\"\na"), (Told{"1:", "2:a"}));  // a field that is empty on purpose
  EXPECT_EQ(told(R"(in "side" it is text)"), Told{R"(1:in "side" it is text)"});
}

TEST(CsvReader, BrokenRecordsAreNamed) {
  EXPECT_EQ(told("a\n\"never closed\nb,c"), (Told{"1:a", "2:never closed\nb,c!"}));
  EXPECT_EQ(told("\"a\"b,c\nd"), (Told{"1:a|c!", "2:d"}));
  EXPECT_EQ(told("\""), Told{"1:"});  // nothing in it, and blank lines say nothing
}

}  // namespace
}  // namespace spillguard::api
