#include "base/time.h"

#include <gtest/gtest.h>

namespace spillguard {
namespace {

TEST(Time, ParsesTheHostsSpellings) {
  constexpr TimeMs kNoon = 1'714'566'896'000;  // 2024-05-01T12:34:56Z
  struct Case {
    const char* text;
    TimeMs time;
  };
  const Case cases[] = {
      {"2024-05-01T12:34:56.000+0000", kNoon},
      {"2024-05-01T12:34:56.789Z", kNoon + 789},
      {"2024-05-01T12:34:56Z", kNoon},
      {"2024-05-01T12:34:56", kNoon},
      {"2024-05-01 12:34:56Z", kNoon},
      {"2024-05-01T22:34:56.000+10:00", kNoon},
      {"2024-05-01T08:04:56.5-0430", kNoon + 500},
      {"2024-05-01T12:04:56-00:30", kNoon},
      {"2024-05-01T14:34:56+02", kNoon},
      {"2024-05-01T12:34Z", kNoon - 56'000},
      {"2024-05-01T12:34:56.123456789Z", kNoon + 123},
      {"2024-05-01", kNoon - ((12 * 60 + 34) * 60 + 56) * 1000},
      {"1970-01-01T00:00:00Z", 0},
      {"1969-12-31T23:59:59.999Z", -1},
      {"2024-02-29T00:00:00Z", 1'709'164'800'000},
      {"2016-12-31T23:59:60Z", 1'483'228'800'000},  // a leap second is the next second
  };
  for (const auto& test : cases) EXPECT_EQ(parse_iso8601(test.text), test.time) << test.text;
}

TEST(Time, RefusesEverythingElse) {
  for (const auto* bad : {"",
                          "2024",
                          "2024-05",
                          "2024-13-01",
                          "2024-02-30",
                          "2023-02-29",
                          "24-05-01",
                          "2024-5-1",
                          "2024-05-01T",
                          "2024-05-01T12",
                          "2024-05-01T24:00:00Z",
                          "2024-05-01T12:60:00Z",
                          "2024-05-01T12:34:61Z",
                          "2024-05-01T12:34:56.Z",
                          "2024-05-01T12:34:56ZZ",
                          "2024-05-01T12:34:56+1",
                          "2024-05-01T12:34:56+10:",
                          "2024-05-01T12:34:56+10:6",
                          "2024-05-01T12:34:56+19:00",
                          "2024-05-01T12:34:56+10:60",
                          "2024-05-01T12:34:56 UTC",
                          " 2024-05-01",
                          "2024-05-01 ",
                          "+024-05-01",
                          "2024-05-01X12:34:56Z"}) {
    EXPECT_EQ(parse_iso8601(bad), std::nullopt) << bad;
  }
}

TEST(Time, EveryDigitIsWritten) {
  std::string out = "at ";
  append_iso8601(out, 1'714'566'896'007);
  EXPECT_EQ(out, "at 2024-05-01T12:34:56.007Z");
  EXPECT_EQ(format_iso8601(-1), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(format_iso8601(1'735'689'599'980), "2024-12-31T23:59:59.980Z");
  EXPECT_EQ(format_iso8601(253'402'300'799'999), "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(format_jira_time(0), "1970-01-01T00:00:00.000+0000");
  // An hour and 61 seconds and 7 ms on, for five years: what is written is what was meant.
  for (TimeMs time = 1'600'000'000'000; time < 1'757'000'000'000; time += 3'661'007) {
    ASSERT_EQ(parse_iso8601(format_iso8601(time)), time);
  }
}

TEST(Time, FormatsWhatItParses) {
  EXPECT_EQ(format_iso8601(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(format_iso8601(-1), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(format_jira_time(1'714'566'896'007), "2024-05-01T12:34:56.007+0000");
  for (const TimeMs time :
       {TimeMs{0}, TimeMs{-86'400'001}, TimeMs{951'782'400'123}, TimeMs{4'102'444'799'999}}) {
    EXPECT_EQ(parse_iso8601(format_iso8601(time)), time);
    EXPECT_EQ(parse_iso8601(format_jira_time(time)), time);
  }
  EXPECT_GT(now_ms(), 1'700'000'000'000);
  const int64_t before = monotonic_ms();
  EXPECT_GE(monotonic_ms(), before);
}

}  // namespace
}  // namespace spillguard
