#include "sim/zone.h"

#include <chrono>

namespace spillguard::sim {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::milliseconds;
using std::chrono::month;
using std::chrono::sys_days;
using std::chrono::sys_time;
using std::chrono::year;
using std::chrono::year_month_day;

constexpr TimeMs kHour = 3'600'000;

TimeMs day_ms(sys_days day) {
  return std::chrono::duration_cast<milliseconds>(day.time_since_epoch()).count();
}

TimeMs last_sunday(year y, unsigned m) {
  return day_ms(sys_days{y / month{m} / std::chrono::Sunday[std::chrono::last]});
}

TimeMs nth_sunday(year y, unsigned m, unsigned n) {
  return day_ms(sys_days{y / month{m} / std::chrono::Sunday[n]});
}

}  // namespace

int zone_offset_minutes(std::string_view zone, TimeMs utc) {
  if (zone == "Asia/Kolkata") return 330;
  const year y = year_month_day{floor<days>(sys_time<milliseconds>{milliseconds{utc}})}.year();
  if (zone == "Europe/Berlin") {
    // From the last Sunday of March to the last of October, both at 01:00 UTC (EU directive
    // 2000/84).
    const bool summer = utc >= last_sunday(y, 3) + kHour && utc < last_sunday(y, 10) + kHour;
    return summer ? 120 : 60;
  }
  if (zone == "America/New_York") {
    // Second Sunday of March 02:00 EST to first Sunday of November 02:00 EDT (since 2007).
    const bool summer =
        utc >= nth_sunday(y, 3, 2) + 7 * kHour && utc < nth_sunday(y, 11, 1) + 6 * kHour;
    return summer ? -240 : -300;
  }
  return 0;
}

TimeMs local_to_utc(std::string_view zone, TimeMs local) {
  const TimeMs guess = local - zone_offset_minutes(zone, local) * TimeMs{60'000};
  return local - zone_offset_minutes(zone, guess) * TimeMs{60'000};
}

}  // namespace spillguard::sim
