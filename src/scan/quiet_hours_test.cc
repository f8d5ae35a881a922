#include "scan/quiet_hours.h"

#include <gtest/gtest.h>

namespace spillguard::scan {
namespace {

int left(const char* hours, int hour, int minute) {
  return QuietHours::parse(hours).value().minutes_left(hour * 60 + minute);
}

TEST(QuietHours, ByDayAndOverMidnight) {
  EXPECT_EQ(left("08:00-18:00", 7, 59), 0);
  EXPECT_EQ(left("08:00-18:00", 8, 0), 600);
  EXPECT_EQ(left("08:00-18:00", 17, 59), 1);
  EXPECT_EQ(left("08:00-18:00", 18, 0), 0);
  EXPECT_EQ(left("22:00-06:30", 23, 0), 450);
  EXPECT_EQ(left("22:00-06:30", 6, 29), 1);
  EXPECT_EQ(left("22:00-06:30", 12, 0), 0);
  EXPECT_EQ(left("", 12, 0), 0);
}

TEST(QuietHours, TheEndIsAWholeMinuteOfTheFuture) {
  const auto always = QuietHours::parse("00:00-23:59").value();
  const TimeMs now = 1'700'000'012'345;
  const TimeMs end = always.end_of(now);
  EXPECT_GT(end, now);
  EXPECT_LE(end, now + 24 * 3'600'000);
  EXPECT_EQ(QuietHours().end_of(now), 0);
}

TEST(QuietHours, WhatIsNoTimeIsRefused) {
  for (const char* text : {"8-18", "08:00", "08:00-08:00", "24:00-06:00", "08:60-09:00", "night"}) {
    EXPECT_FALSE(QuietHours::parse(text)) << text;
  }
}

}  // namespace
}  // namespace spillguard::scan
