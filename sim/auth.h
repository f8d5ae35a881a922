// Who is calling: Basic, Bearer and cookie logins, lock-out, rate limit, XSRF, and the headers that
// tell. One for each product. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "http/message.h"
#include "http/server.h"
#include "sim/users.h"

namespace spillguard::sim {

enum class Product { kJira, kConfluence };

struct AuthOptions {
  Product product = Product::kJira;
  std::string context;  // path of the session cookie, and of the paths without rate limit
  size_t captcha_after = 1000;
  uint64_t rate_bucket = 0;  // 0 = off
  uint64_t rate_fill = 5;
  int rate_status = 429;
  bool basic_auth = true;
  Clock clock = now_ms;
};

// The caller of one request. `user` is null for anonymous ones.
struct Caller {
  const User* user = nullptr;
  std::string_view login_reason = {};  // X-Seraph-LoginReason; "" when nothing was tried
  size_t node = 0;                     // of the cluster
  int64_t lag_ms = 0;                  // how far the node's search index is behind
  std::vector<std::string> lost = {};  // keys of scopes that are hidden for now
  bool empty_next = false;             // lists name a next page although there is none
};

using CallerHandler = std::function<http::Response(const http::Request&, const Caller&)>;

class Auth {
 public:
  explicit Auth(AuthOptions options) : options_(std::move(options)) {}

  // How often each route was asked for, and how often the rate limit was overrun.
  struct Counts {
    std::map<std::string, uint64_t> routes;
    uint64_t refused = 0;
  };
  [[nodiscard]] Counts counts();
  void reset_counts();
  void count(const std::string& route);

  // Answers the request with `handler` for the caller that it names, and adds the headers.
  http::Response serve(const http::Request& request, const CallerHandler& handler);

  // The session resource: the value of a new JSESSIONID, or nothing for a wrong password.
  std::optional<std::string> log_in(std::string_view name, std::string_view password);
  void log_out(std::string_view session);
  // The cookie that a login sets.
  [[nodiscard]] std::string cookie_header(std::string_view session) const;
  [[nodiscard]] size_t failures(std::string_view name);
  [[nodiscard]] bool locked_out(std::string_view name);

 private:
  struct Bucket {
    double tokens = 0;
    TimeMs filled = 0;
  };

  Caller identify(const http::Request& request);
  Caller identify_basic(std::string_view credentials);
  bool check_password(std::string_view name, std::string_view password, bool count_failures);
  // What is left after taking a token, or nothing when there was none.
  std::optional<uint64_t> take_token(const Caller& caller);
  void add_headers(http::Response& response, const Caller& caller);

  AuthOptions options_;
  std::mutex mutex_;
  std::unordered_map<std::string, const User*> sessions_;
  std::unordered_map<std::string, size_t> failures_;
  std::unordered_map<std::string, Bucket> buckets_;  // of each user on each node
  Counts counts_;
  std::atomic<uint64_t> requests_{0};
  std::atomic<uint64_t> logins_{0};
};

// Whether the shared REST filter refuses the request as forged (facts/hosts.md 1.11).
bool is_forged(const http::Request& request);

}  // namespace spillguard::sim
