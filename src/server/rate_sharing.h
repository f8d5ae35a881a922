// Keeps each site's part of its host's limits up to date with what the other nodes do: a thread
// that announces when this node begins to ask, how long it was told to wait, and hears the others.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "db/database.h"
#include "hosts/site_share.h"
#include "jobs/site_shares.h"

namespace spillguard::server {

class RateSharing {
 public:
  struct Site {
    std::string name;
    hosts::SiteShare* share = nullptr;
  };

  // All outlive this, which must be there before the first question to a host.
  RateSharing(db::Database& database, std::string instance, const std::vector<Site>& sites);
  RateSharing(const RateSharing&) = delete;
  RateSharing& operator=(const RateSharing&) = delete;
  ~RateSharing();

 private:
  struct Known {
    Site site;
    TimeMs active_until = 0;   // as it was announced
    int64_t paused_until = 0;  // monotonic, as it was announced
  };

  void run();
  void wake();
  Status announce(Known& known);
  Status hear(Known& known);

  jobs::SiteShares shares_;
  std::vector<Known> sites_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  bool woken_ = true;
  std::shared_ptr<void> ear_;
  std::thread thread_;
};

}  // namespace spillguard::server
