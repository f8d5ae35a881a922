#include "scan/checkpoint.h"

#include <gtest/gtest.h>

namespace spillguard::scan {
namespace {

TEST(Checkpoint, SurvivesWhateverTheCursorHolds) {
  for (const char* cursor : {"", "42", "a\nb\n\nc", "{\"created\":1,\"seen\":[\"1\"]}"}) {
    const Checkpoint made{.run = "r1",
                          .rules_version = "v7",
                          .extraction = "1 text",
                          .everything = true,
                          .host_time = 1'700'000'000'123,
                          .cursor = cursor};
    const Checkpoint back = Checkpoint::parse(made.to_string());
    EXPECT_EQ(back.run, "r1");
    EXPECT_EQ(back.rules_version, "v7");
    EXPECT_EQ(back.extraction, "1 text");
    EXPECT_TRUE(back.everything);
    EXPECT_EQ(back.host_time, 1'700'000'000'123);
    EXPECT_EQ(back.cursor, cursor);
  }
}

TEST(Checkpoint, AnythingElseIsEmpty) {
  for (const char* text :
       {"", "r1", "r1\nv7", "r1\nv7\n", "r1\nv7\n2\nc", "r1\nv7\n1\nx\nc", "\n\n"}) {
    EXPECT_EQ(Checkpoint::parse(text).run, "") << text;
  }
}

}  // namespace
}  // namespace spillguard::scan
