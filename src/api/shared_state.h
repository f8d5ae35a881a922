// What the requests of one site share in memory. Lost at a restart without harm.
#pragma once

#include <atomic>

#include "api/page_positions.h"
#include "api/reveal_log.h"

namespace spillguard::api {

struct SharedState {
  PagePositions positions;
  RevealLog reveals;
  std::atomic<int> waiting{0};  // long polls under way
};

}  // namespace spillguard::api
