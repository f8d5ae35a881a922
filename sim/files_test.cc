#include "sim/files.h"

#include <gtest/gtest.h>

#include <set>

#include "sim/bytes.h"
#include "sim/file_writers.h"

namespace spillguard::sim {
namespace {

TEST(SimFiles, EachKindHasItsNameAndPlaceAndIsTheSameAgain) {
  std::set<std::string> endings;
  for (size_t kind = 0; kind < file_kinds(); ++kind) {
    Random random(1, "files", kind);
    Random again(1, "files", kind);
    const auto file = make_file(kind, "report", "a-secret-of-it", random);
    EXPECT_EQ(file->bytes, make_file(kind, "report", "a-secret-of-it", again)->bytes);
    EXPECT_TRUE(file->name.starts_with("report.")) << file->name;
    EXPECT_TRUE(file->place.starts_with(file->name)) << file->place;
    EXPECT_FALSE(file->mime_type.empty());
    EXPECT_EQ(file->text, "a-secret-of-it");
    endings.insert(file->name);
  }
  EXPECT_GE(endings.size(), 8U);
}

TEST(SimFiles, WritersKeepTheirFormats) {
  EXPECT_TRUE(write_zip({{"a", "b"}}).starts_with("PK"));
  EXPECT_EQ(write_tar({{"a", "b"}}).size(), 4 * 512U);
  EXPECT_EQ(write_utf16("ab"), std::string("\xff\xfe"
                                           "a\0b\0",
                                           6));
  EXPECT_EQ(write_gzip("x").substr(0, 2), "\x1f\x8b");
}

TEST(SimFiles, MadeUpPicturesHaveTheSizeThatIsTold) {
  for (const uint64_t size : {10U, 57U, 100U, 5000U}) {
    EXPECT_EQ(attachment_content(3, size, "image/png").size(), size);
  }
}

}  // namespace
}  // namespace spillguard::sim
