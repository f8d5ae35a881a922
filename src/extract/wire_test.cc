#include "extract/wire.h"

#include <gtest/gtest.h>

namespace spillguard::extract {
namespace {

TEST(Wire, PartsComeBackAsTheyWere) {
  const Part part{.location = "a.zip › b",
                  .name = "b",
                  .is_source = true,
                  .text = "some text",
                  .marks = {{.offset = 0, .label = "page 1"}, {.offset = 5, .label = "page 2"}}};
  const auto back = unpack_part(pack_part(part));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->location, part.location);
  EXPECT_EQ(back->text, part.text);
  EXPECT_TRUE(back->is_source);
  EXPECT_EQ(location_at(*back, 4), "a.zip › b › page 1");
  EXPECT_EQ(location_at(*back, 5), "a.zip › b › page 2");
}

TEST(Wire, RefusesWhatIsCutOrLies) {
  const std::string good = pack_part(
      {.location = "x", .name = {}, .text = "text", .marks = {{.offset = 1, .label = "m"}}});
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(unpack_part(good.substr(0, size))) << size;
  }
  EXPECT_FALSE(unpack_part(good + "x"));
  WireWriter out;
  out.text("a");
  out.text("b");
  out.number(0);
  out.text("t");
  out.number(UINT64_MAX / 2);
  EXPECT_FALSE(unpack_part(out.take()));
}

TEST(Wire, MendsBrokenCharacters) {
  const auto back =
      unpack_part(pack_part({.location = "\xFF", .name = {}, .text = "a\xFF", .marks = {}}));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->text, "a\xEF\xBF\xBD");
}

TEST(Wire, JobsAndOutcomesComeBack) {
  Limits limits;
  limits.depth = 3;
  limits.ocr = true;
  Limits back;
  std::string name;
  ASSERT_TRUE(unpack_job(pack_job(limits, "n"), back, name));
  EXPECT_EQ(back.depth, 3U);
  EXPECT_TRUE(back.ocr);
  EXPECT_EQ(name, "n");
  const auto outcome = unpack_outcome(pack_outcome({.location = "l",
                                                    .type = "zip",
                                                    .reason = Reason::kRatio,
                                                    .detail = "d",
                                                    .bytes = 1,
                                                    .text_bytes = 2}));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->reason, Reason::kRatio);
  EXPECT_EQ(reason_name(outcome->reason), "ratio");
}

}  // namespace
}  // namespace spillguard::extract
