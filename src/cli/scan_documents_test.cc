// Files that are no plain text go to the extraction helper; what every format gives is tested by
// tests/service/test_attachments.py.
#include <gtest/gtest.h>

#include <string>

#include "cli/test_commands.h"

namespace spillguard::cli {
namespace {

class ScanDocuments : public TestCommands {};

TEST_F(ScanDocuments, FindingsNameThePlaceWithin) {
  const std::string path = folder_.write(
      "b.bin", std::string(300, '\0') + "the key is " + token(1) + std::string(1, '\0'));
  const TestOutcome found = scan({"--format", "jsonl", path});
  EXPECT_EQ(found.code, kExitFindings) << found.err;
  const auto objects = lines(found.out);
  ASSERT_EQ(objects.size(), 1U);
  EXPECT_EQ(objects[0].at("location").as_string(), "offset 0x12c");
  EXPECT_EQ(objects[0].at("secret").as_string(), token(1));
  const TestOutcome text = scan({path});
  EXPECT_NE(text.out.find("b.bin › offset 0x12c:1:12 TEST_TOKEN"), std::string::npos) << text.out;
  EXPECT_EQ(text.out.find(token(1)), std::string::npos);
  const TestOutcome off = scan({"--no-attachments", path});
  EXPECT_EQ(off.code, kExitNothing);
  EXPECT_NE(off.err.find("1 binary"), std::string::npos) << off.err;
}

TEST_F(ScanDocuments, WhatCanNotBeReadIsCounted) {
  const std::string path =
      folder_.write("a.zip", std::string("PK\x03\x04") + std::string(60, '\0'));
  const TestOutcome broken = scan({path});
  EXPECT_EQ(broken.code, kExitNothing);
  EXPECT_NE(broken.err.find("not read, or not to their end 1: 1 broken"), std::string::npos)
      << broken.err;
}

TEST_F(ScanDocuments, LargeDocumentsAreStreamed) {
  const std::string path =
      folder_.write("b.bin", std::string(size_t{9} << 20U, '\0') + token(1) + std::string(1, '\0'));
  const TestOutcome found = scan({path});
  EXPECT_EQ(found.code, kExitFindings) << found.err;
  EXPECT_NE(found.out.find("offset 0x900000"), std::string::npos) << found.out;
}

}  // namespace
}  // namespace spillguard::cli
