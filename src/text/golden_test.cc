// Pairs tests/golden/text/NAME.MARKUP.in and .out. The last line break of a text is not compared.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"
#include "text/text.h"

namespace spillguard::text {
namespace {

std::string without_last_break(std::string text) {
  if (text.ends_with('\n')) {
    text.pop_back();
  }
  return text;
}

TEST(Golden, TextOfEachMarkup) {
  const std::filesystem::path folder = std::string(SG_SOURCE_DIR) + "/tests/golden/text";
  std::vector<std::filesystem::path> inputs;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".in") {
      inputs.push_back(entry.path());
    }
  }
  std::sort(inputs.begin(), inputs.end());
  ASSERT_GE(inputs.size(), 12U);
  for (const auto& input : inputs) {
    SCOPED_TRACE(input.filename().string());
    const auto markup = parse_markup(input.stem().extension().string().substr(1));
    ASSERT_TRUE(markup.has_value());
    auto output = input;
    output.replace_extension(".out");
    const auto source = read_file(input.string());
    const auto expected = read_file(output.string());
    ASSERT_TRUE(source.has_value());
    ASSERT_TRUE(expected.has_value());
    const Extracted extracted = extract(*markup, *source);
    EXPECT_EQ(without_last_break(std::string(extracted.text.text())),
              without_last_break(*expected));
    EXPECT_EQ(extracted.raw, input.filename().string().starts_with("broken"));
  }
}

}  // namespace
}  // namespace spillguard::text
