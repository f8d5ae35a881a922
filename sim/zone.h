// The few time zones of the simulated users, with their daylight saving rules.
#pragma once

#include <string_view>

#include "base/time.h"

namespace spillguard::sim {

// Minutes east of UTC at that moment; 0 for zones we do not know. Known: Europe/Berlin,
// America/New_York, Asia/Kolkata, and everything in UTC.
int zone_offset_minutes(std::string_view zone, TimeMs utc);

// The moment at which a clock in that zone shows `local` (milliseconds as if it were UTC).
TimeMs local_to_utc(std::string_view zone, TimeMs local);

}  // namespace spillguard::sim
