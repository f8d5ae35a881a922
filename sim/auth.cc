#include "sim/auth.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/encoding.h"
#include "base/strings.h"
#include "sim/errors.h"
#include "sim/fault_gate.h"
#include "sim/random.h"

namespace spillguard::sim {
namespace {

constexpr std::string_view kTokenPrefix = "sim-token-";
constexpr std::string_view kOk = "OK";
constexpr std::string_view kFailed = "AUTHENTICATED_FAILED";
constexpr std::string_view kDenied = "AUTHENTICATION_DENIED";

bool changes_something(std::string_view method) {
  return method == "POST" || method == "PUT" || method == "DELETE" || method == "PATCH";
}

// The part of a URL that makes its origin.
std::string_view origin_of(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return url;
  return url.substr(0, url.find('/', scheme + 3));
}

bool has_rate_limit(const http::Request& request) {
  return !request.path.ends_with("/serverInfo") && !request.path.ends_with("/session") &&
         !request.path.ends_with("/status") && !request.path.ends_with("/remotelink");
}

// What the gate says about the request.
void take_situation(const http::Request& request, Caller& caller) {
  const auto node = parse_int(request.headers.get(kNodeHeader).value_or("0")).value_or(0);
  caller.node = static_cast<size_t>(std::max<int64_t>(0, node));
  caller.lag_ms = parse_int(request.headers.get(kLagHeader).value_or("0")).value_or(0);
  for (const auto key : request.headers.all(kLostHeader)) caller.lost.emplace_back(key);
  caller.empty_next = request.headers.has(kEmptyNextHeader);
}

}  // namespace

bool is_forged(const http::Request& request) {
  if (request.headers.get("X-Atlassian-Token").value_or("") == "no-check") return false;
  if (!changes_something(request.method)) return false;
  const auto agent = request.headers.get("User-Agent").value_or("");
  if (agent.starts_with("Mozilla/") && request.method == "POST") {
    const auto host = std::string(request.tls ? "https://" : "http://") +
                      std::string(request.headers.get("Host").value_or(""));
    const auto origin = request.headers.get("Origin");
    const auto referer = request.headers.get("Referer");
    if (origin ? origin_of(*origin) != host : origin_of(referer.value_or("")) != host) return true;
  }
  // A page of another origin can make no DELETE without being asked about it first.
  if (request.method == "DELETE" && !request.headers.has("Content-Type")) return false;
  auto type = request.headers.get("Content-Type").value_or("");
  type = trim(type.substr(0, type.find(';')));
  return type.empty() || equals_ignore_case(type, "application/x-www-form-urlencoded") ||
         equals_ignore_case(type, "multipart/form-data") || equals_ignore_case(type, "text/plain");
}

Auth::Counts Auth::counts() {
  const std::lock_guard lock(mutex_);
  return counts_;
}

void Auth::reset_counts() {
  const std::lock_guard lock(mutex_);
  counts_ = {};
}

void Auth::count(const std::string& route) {
  const std::lock_guard lock(mutex_);
  ++counts_.routes[route];
}

http::Response Auth::serve(const http::Request& request, const CallerHandler& handler) {
  auto caller = identify(request);
  take_situation(request, caller);
  http::Response response;
  const bool basic =
      starts_with_ignore_case(request.headers.get("Authorization").value_or(""), "Basic ");
  if (basic && !options_.basic_auth) {
    response =
        options_.product == Product::kJira
            ? jira_rest_error(401, "Basic Authentication has been disabled on this instance.")
            : http::Response::text(403, "Basic Authentication has been disabled on this instance.");
  } else if (caller.login_reason == kDenied) {
    response = html_error(403, "Basic Authentication Failure - Reason : AUTHENTICATION_DENIED");
    response.headers.set(
        "X-Authentication-Denied-Reason",
        fmt::format("CAPTCHA_CHALLENGE; login-url={}/login.jsp", options_.context));
  } else if (is_forged(request)) {
    response = http::Response::text(403, "XSRF check failed");
  } else if (options_.rate_bucket > 0 && caller.user != nullptr && has_rate_limit(request)) {
    const auto left = take_token(caller);
    response = left ? handler(request, caller)
                    : jira_rest_error(options_.rate_status, "Rate limit exceeded.");
    response.headers.set("X-RateLimit-Limit", std::to_string(options_.rate_bucket));
    response.headers.set("X-RateLimit-Remaining", std::to_string(left.value_or(0)));
    response.headers.set("X-RateLimit-FillRate", std::to_string(options_.rate_fill));
    response.headers.set("X-RateLimit-Interval-Seconds", "1");
    response.headers.set("retry-after", left ? "0" : "1");
  } else {
    response = handler(request, caller);
  }
  add_headers(response, caller);
  return response;
}

void Auth::add_headers(http::Response& response, const Caller& caller) {
  const auto number = ++requests_;
  const auto minute = options_.clock() / 60'000 % 1440;
  if (options_.product == Product::kJira) {
    response.headers.set("X-AREQUESTID", fmt::format("{}x{}x1", minute, number));
    response.headers.set("X-ANODEID", fmt::format("node{}", caller.node + 1));
  } else {
    response.headers.set("X-Confluence-Request-Time", std::to_string(options_.clock()));
    response.headers.set("X-Confluence-Cluster-Node", fmt::format("node{}", caller.node + 1));
  }
  response.headers.set("X-AUSERNAME",
                       caller.user == nullptr ? "anonymous" : percent_encode(caller.user->name));
  if (!caller.login_reason.empty())
    response.headers.set("X-Seraph-LoginReason", std::string(caller.login_reason));
  response.headers.set("Cache-Control", "no-cache, no-store, no-transform");
}

Caller Auth::identify(const http::Request& request) {
  const auto header = request.headers.get("Authorization");
  if (header && starts_with_ignore_case(*header, "Basic "))
    return identify_basic(trim(header->substr(6)));
  if (header && starts_with_ignore_case(*header, "Bearer ")) {
    const auto token = trim(header->substr(7));
    const User* user =
        token.starts_with(kTokenPrefix) ? find_user(token.substr(kTokenPrefix.size())) : nullptr;
    if (user != nullptr && user->can_log_in) return {.user = user, .login_reason = kOk};
    return {.user = nullptr, .login_reason = kFailed};
  }
  if (const auto session = request.cookie("JSESSIONID")) {
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(std::string(*session));
    if (found != sessions_.end()) return {.user = found->second, .login_reason = kOk};
  }
  return {};
}

Caller Auth::identify_basic(std::string_view credentials) {
  const auto decoded = base64_decode(credentials);
  const auto colon = decoded ? decoded->find(':') : std::string::npos;
  if (colon == std::string::npos) return {.user = nullptr, .login_reason = kFailed};
  const auto name = std::string_view(*decoded).substr(0, colon);
  if (locked_out(name)) return {.user = nullptr, .login_reason = kDenied};
  if (!check_password(name, std::string_view(*decoded).substr(colon + 1), true))
    return {.user = nullptr, .login_reason = kFailed};
  return {.user = find_user(name), .login_reason = kOk};
}

bool Auth::check_password(std::string_view name, std::string_view password, bool count_failures) {
  const auto* user = find_user(name);
  const bool right = user != nullptr && user->can_log_in && password == user->name;
  if (user != nullptr && count_failures) {
    const std::lock_guard lock(mutex_);
    auto& failed = failures_[std::string(name)];
    failed = right ? 0 : failed + 1;
  }
  return right;
}

size_t Auth::failures(std::string_view name) {
  const std::lock_guard lock(mutex_);
  const auto found = failures_.find(std::string(name));
  return found == failures_.end() ? 0 : found->second;
}

bool Auth::locked_out(std::string_view name) {
  return options_.captcha_after > 0 && failures(name) >= options_.captcha_after;
}

std::optional<std::string> Auth::log_in(std::string_view name, std::string_view password) {
  if (!check_password(name, password, true)) return std::nullopt;
  Random random(0x5e55, name, ++logins_);
  auto session = random.chars(32, "0123456789ABCDEF");
  const std::lock_guard lock(mutex_);
  sessions_[session] = find_user(name);
  return session;
}

void Auth::log_out(std::string_view session) {
  const std::lock_guard lock(mutex_);
  sessions_.erase(std::string(session));
}

std::string Auth::cookie_header(std::string_view session) const {
  return fmt::format("JSESSIONID={}; Path={}; HttpOnly", session,
                     options_.context.empty() ? "/" : options_.context);
}

std::optional<uint64_t> Auth::take_token(const Caller& caller) {
  const auto now = options_.clock();
  const std::lock_guard lock(mutex_);
  auto [place, is_new] = buckets_.try_emplace(fmt::format("{}@{}", caller.user->name, caller.node));
  auto& bucket = place->second;
  const auto size = static_cast<double>(options_.rate_bucket);
  if (is_new) {
    bucket = {size, now};
  } else {
    // Whole portions at the end of each second, as the headers have it.
    const auto seconds = (now - bucket.filled) / 1000;
    bucket.tokens = std::min(size, bucket.tokens + static_cast<double>(seconds) *
                                                       static_cast<double>(options_.rate_fill));
    bucket.filled += seconds * 1000;
  }
  if (bucket.tokens < 1) {
    ++counts_.refused;
    return std::nullopt;
  }
  bucket.tokens -= 1;
  return static_cast<uint64_t>(bucket.tokens);
}

}  // namespace spillguard::sim
