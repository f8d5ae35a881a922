// The table in which the nodes of one installation tell each other which sites' hosts they ask, and
// that a host told one of them to wait: hosts limit the account, not the node. Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"
#include "db/database.h"

namespace spillguard::jobs {

struct OtherNodes {
  int asking = 0;           // nodes beside this one
  TimeMs paused_until = 0;  // the latest that one of them was told
};

class SiteShares {
 public:
  static constexpr const char* kTopic = "shares";

  // `database` outlives this. `instance` as in Nodes.
  SiteShares(db::Database& database, std::string instance, Clock clock = now_ms)
      : database_(database), instance_(std::move(instance)), clock_(std::move(clock)) {}

  // This node asks the site's host until then, and was told to wait. `tell` wakes the others.
  Status announce(std::string_view site, TimeMs active_until, TimeMs paused_until, bool tell);
  Result<OtherNodes> others(std::string_view site);
  // This node asks nobody any more.
  Status leave();

 private:
  db::Database& database_;
  std::string instance_;
  Clock clock_;
};

}  // namespace spillguard::jobs
