#include "cli/byte_source.h"

#include <gtest/gtest.h>

#include <array>
#include <sstream>
#include <string>

#include "cli/test_folder.h"

namespace spillguard::cli {
namespace {

std::string read_in_blocks(ByteSource& source) {
  std::string all;
  std::array<char, 7> block{};
  for (;;) {
    const auto count = source.read(block);
    EXPECT_TRUE(count.has_value());
    all.append(block.data(), count.value_or(0));
    if (count.value_or(0) < block.size()) {
      return all;
    }
  }
}

TEST(ByteSource, FilesAndStreamsToTheirEnd) {
  const TestFolder folder;
  for (const std::string& content : {std::string(), std::string(7, 'a'), std::string(100, 'b')}) {
    auto file = open_file(folder.write("f", content));
    ASSERT_TRUE(file.has_value());
    EXPECT_EQ(read_in_blocks(**file), content);
    std::istringstream in(content);
    EXPECT_EQ(read_in_blocks(*open_stream(in)), content);
  }
}

TEST(ByteSource, AStreamThatIsReadOnAThreadDoesNotFlushAnother) {
  std::istringstream in("x");
  std::ostringstream out;
  in.tie(&out);
  (void)open_stream(in);
  EXPECT_EQ(in.tie(), nullptr);
}

TEST(ByteSource, ErrorsNameTheFile) {
  const TestFolder folder;
  const auto missing = open_file(folder.path() + "/none");
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code, Code::kNotFound);
  EXPECT_NE(missing.error().message.find(folder.path() + "/none"), std::string::npos);
  EXPECT_EQ(open_file(folder.path()).error().code, Code::kInvalidArgument);
}

}  // namespace
}  // namespace spillguard::cli
