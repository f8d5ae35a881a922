#include "scan/quiet_hours.h"

#include <ctime>
#include <optional>
#include <string>

#include "base/strings.h"

namespace spillguard::scan {
namespace {

constexpr int kDayMinutes = 24 * 60;

std::optional<int> minute_of_day(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto hours = parse_int(text.substr(0, 2));
  const auto minutes = parse_int(text.substr(3, 2));
  if (!hours || !minutes || *hours < 0 || *hours > 23 || *minutes < 0 || *minutes > 59) {
    return std::nullopt;
  }
  return static_cast<int>(*hours * 60 + *minutes);
}

}  // namespace

Result<QuietHours> QuietHours::parse(std::string_view text) {
  QuietHours hours;
  if (text.empty()) return hours;
  const size_t dash = text.find('-');
  const auto begin = minute_of_day(trim(text.substr(0, dash)));
  const auto end = dash == std::string_view::npos ? std::optional<int>()
                                                  : minute_of_day(trim(text.substr(dash + 1)));
  if (!begin || !end || *begin == *end) {
    return fail(Code::kInvalidArgument, "must be two different times, such as 08:00-18:00");
  }
  hours.begin_ = *begin;
  hours.end_ = *end;
  return hours;
}

int QuietHours::minutes_left(int minute) const {
  if (begin_ == end_) return 0;
  const int length = (end_ - begin_ + kDayMinutes) % kDayMinutes;
  const int passed = (minute - begin_ + kDayMinutes) % kDayMinutes;
  return passed < length ? length - passed : 0;
}

TimeMs QuietHours::end_of(TimeMs now) const {
  if (begin_ == end_) return 0;
  const std::time_t seconds = now / 1000;
  std::tm local{};
  if (::localtime_r(&seconds, &local) == nullptr) return 0;
  const int left = minutes_left(local.tm_hour * 60 + local.tm_min);
  return left == 0 ? 0 : now + (static_cast<int64_t>(left) * 60 - local.tm_sec) * 1000;
}

}  // namespace spillguard::scan
