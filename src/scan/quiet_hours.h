// Hours of the day in which a host is left to its people: no whole scopes are scanned then. What
// somebody waits for (one item) and looks for changes go on.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "base/time.h"

namespace spillguard::scan {

class QuietHours {
 public:
  QuietHours() = default;  // none
  // "08:00-18:00", every day, by the clock and zone of this machine; "22:00-06:00" goes over
  // midnight. "" = none.
  static Result<QuietHours> parse(std::string_view text);

  // When the quiet hours that hold `now` end; 0 when there are none then.
  [[nodiscard]] TimeMs end_of(TimeMs now) const;
  // The same for a minute of the day: minutes until they end, 0 = they are not.
  [[nodiscard]] int minutes_left(int minute) const;

 private:
  int begin_ = 0;  // minutes of the day; equal = none
  int end_ = 0;
};

}  // namespace spillguard::scan
