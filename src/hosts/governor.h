// One Pace for all workers of a site: who wants to ask waits here for the right to. Thread-safe.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "base/error.h"
#include "base/threads.h"
#include "hosts/pace.h"
#include "hosts/site_share.h"

namespace spillguard::hosts {

class Governor {
 public:
  // `stop`, when given, ends waiting; `share` tells of other nodes. Both outlive the governor.
  Governor(const Pace::Options& options, StopFlag* stop, SiteShare* share = nullptr)
      : pace_(options), stop_(stop), share_(share) {}

  // The right to one request; give it back by destroying it.
  class Permit {
   public:
    explicit Permit(Governor* owner) : owner_(owner) {}
    Permit(Permit&& other) noexcept : owner_(other.owner_) { other.owner_ = nullptr; }
    Permit(const Permit&) = delete;
    Permit& operator=(const Permit&) = delete;
    Permit& operator=(Permit&&) = delete;
    ~Permit();

   private:
    Governor* owner_;
  };

  // Waits for a free place and a token, and for the end of a pause; kCancelled when stopped.
  Result<Permit> acquire();
  // Takes an answer's signs into account. Called while its permit is held.
  void report(const RateSigns& signs);

 private:
  Pace pace_;
  StopFlag* stop_;
  SiteShare* share_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int running_ = 0;
};

}  // namespace spillguard::hosts
