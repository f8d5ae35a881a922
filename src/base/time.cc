#include "base/time.h"

#include <fmt/format.h>

#include <array>
#include <chrono>

namespace spillguard {
namespace {

// Reads exactly `digits` decimal digits from the front of text.
std::optional<int> take_number(std::string_view& text, size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  for (size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

// The fraction of a second in milliseconds; further digits are dropped.
std::optional<int> take_fraction(std::string_view& text) {
  if (!take(text, '.')) return 0;
  int value = 0;
  int digits = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    if (digits < 3) value = value * 10 + (text.front() - '0');
    ++digits;
    text.remove_prefix(1);
  }
  if (digits == 0) return std::nullopt;
  for (; digits < 3; ++digits) value *= 10;
  return value;
}

// Minutes east of UTC.
std::optional<int> take_zone(std::string_view& text) {
  if (text.empty() || take(text, 'Z')) return 0;
  const bool west = text.front() == '-';
  if (!take(text, '+') && !take(text, '-')) return std::nullopt;
  const auto hours = take_number(text, 2);
  const bool needs_minutes = take(text, ':');
  const auto minutes =
      text.empty() && !needs_minutes ? std::optional<int>(0) : take_number(text, 2);
  if (!hours || !minutes || *hours > 18 || *minutes > 59) return std::nullopt;
  const int offset = *hours * 60 + *minutes;
  return west ? -offset : offset;
}

// Two digits.
void put_two(char* at, unsigned number) {
  at[0] = static_cast<char>('0' + number / 10);
  at[1] = static_cast<char>('0' + number % 10);
}

void append_with(std::string& out, TimeMs time, std::string_view zone) {
  using namespace std::chrono;
  const sys_time<milliseconds> point{milliseconds{time}};
  const auto day = floor<days>(point);
  const year_month_day date{day};
  const int year_number = static_cast<int>(date.year());
  if (year_number < 0 || year_number > 9999) {
    out +=
        fmt::format("{:04}-{:02}-{:02}T00:00:00.000{}", year_number,
                    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), zone);
    return;
  }
  // By hand: downloads write millions of these.
  const auto ms = static_cast<unsigned>((point - day).count());
  std::array<char, 23> text = {'0', '0', '0', '0', '-', '0', '0', '-', '0', '0', 'T', '0',
                               '0', ':', '0', '0', ':', '0', '0', '.', '0', '0', '0'};
  const auto year_digits = static_cast<unsigned>(year_number);
  put_two(&text[0], year_digits / 100);
  put_two(&text[2], year_digits % 100);
  put_two(&text[5], static_cast<unsigned>(date.month()));
  put_two(&text[8], static_cast<unsigned>(date.day()));
  put_two(&text[11], ms / 3'600'000);
  put_two(&text[14], ms / 60'000 % 60);
  put_two(&text[17], ms / 1'000 % 60);
  text[20] = static_cast<char>('0' + ms / 100 % 10);
  put_two(&text[21], ms % 100);
  out.append(text.data(), text.size());
  out += zone;
}

std::string format_with(TimeMs time, std::string_view zone) {
  std::string out;
  out.reserve(30);
  append_with(out, time, zone);
  return out;
}

}  // namespace

TimeMs now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

int64_t monotonic_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

std::optional<TimeMs> parse_iso8601(std::string_view text) {
  using namespace std::chrono;
  const auto year_number = take_number(text, 4);
  if (!year_number || !take(text, '-')) return std::nullopt;
  const auto month_number = take_number(text, 2);
  if (!month_number || !take(text, '-')) return std::nullopt;
  const auto day_number = take_number(text, 2);
  if (!day_number) return std::nullopt;
  const year_month_day date{year{*year_number}, month{static_cast<unsigned>(*month_number)},
                            day{static_cast<unsigned>(*day_number)}};
  if (!date.ok()) return std::nullopt;
  const TimeMs midnight = duration_cast<milliseconds>(sys_days{date}.time_since_epoch()).count();
  if (text.empty()) return midnight;
  if (!take(text, 'T') && !take(text, ' ')) return std::nullopt;
  const auto hours_number = take_number(text, 2);
  if (!hours_number || !take(text, ':')) return std::nullopt;
  const auto minutes_number = take_number(text, 2);
  if (!minutes_number) return std::nullopt;
  int seconds_number = 0;
  int fraction = 0;
  if (take(text, ':')) {
    const auto taken = take_number(text, 2);
    if (!taken) return std::nullopt;
    seconds_number = *taken;
    const auto taken_fraction = take_fraction(text);
    if (!taken_fraction) return std::nullopt;
    fraction = *taken_fraction;
  }
  const auto zone = take_zone(text);
  if (!zone || !text.empty() || *hours_number > 23 || *minutes_number > 59 || seconds_number > 60) {
    return std::nullopt;
  }
  const int64_t minutes_of_day = *hours_number * 60 + *minutes_number - *zone;
  return midnight + (minutes_of_day * 60 + seconds_number) * 1000 + fraction;
}

std::string format_iso8601(TimeMs time) { return format_with(time, "Z"); }
void append_iso8601(std::string& out, TimeMs time) { append_with(out, time, "Z"); }
std::string format_jira_time(TimeMs time) { return format_with(time, "+0000"); }

}  // namespace spillguard
