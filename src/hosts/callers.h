// Who calls our API and what they may do, decided by the host with the caller's own credential.
// Positive answers are kept for at most 60 s under an HMAC of the credential, negative ones for 5
// s; equal questions at the same time are asked once; failed logins are throttled so that we never
// lock somebody's account. Thread-safe.
#pragma once

#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/crypto.h"
#include "base/time.h"
#include "hosts/host.h"

namespace spillguard::hosts {

struct CallerOptions {
  int64_t positive_ttl_ms = 60'000;
  int64_t negative_ttl_ms = 5'000;
  // Failed logins of one user name within the window before we answer 429 ourselves; and from one
  // address, far more, because behind a proxy all callers may share one.
  int max_failures = 5;
  int max_failures_from_address = 200;
  int64_t failure_window_ms = 60'000;
};

class Callers {
 public:
  Callers(Host& host, const MasterKey& key, CallerOptions options = {}, Clock clock = now_ms);
  ~Callers();

  // kUnauthenticated: no or bad credential. kRateLimited: too many failures. kUnavailable: the host
  // can not be asked.
  Result<Identity> authenticate(const CallerCredential& caller, const std::string& remote_address);
  Result<bool> is_product_admin(const CallerCredential& caller);
  Result<bool> is_scope_admin(const CallerCredential& caller, const std::string& scope_key);
  Result<bool> can_view_scope(const CallerCredential& caller, const std::string& scope_key);
  Result<bool> can_view_item(const CallerCredential& caller, const std::string& item_id);
  Result<bool> can_edit_scope(const CallerCredential& caller, const std::string& scope_key);
  Result<bool> may_administer_any(const CallerCredential& caller);
  Result<std::vector<std::string>> groups(const CallerCredential& caller);
  Result<std::vector<std::string>> visible_scopes(const CallerCredential& caller);
  // Those of the items that the caller can see. What a search does not know is asked for one by
  // one, up to a limit for each call; the rest counts as not visible until it is asked for again.
  Result<std::unordered_set<std::string>> visible_items(const CallerCredential& caller,
                                                        const std::vector<std::string>& item_ids);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace spillguard::hosts
