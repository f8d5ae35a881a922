#include "hosts/transport.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/crypto.h"
#include "base/encoding.h"
#include "base/log.h"
#include "base/strings.h"
#include "hosts/http_errors.h"

namespace spillguard::hosts {

namespace {

constexpr int64_t kCallerTimeoutMs = 3'000;
constexpr uint64_t kCallerBodyBytes = 16 << 20;

http::ClientOptions client_options(const HostOptions& options) {
  http::ClientOptions out;
  out.proxy = options.proxy;
  out.ca_file = options.ca_file;
  out.verify_tls = options.verify_tls;
  out.timeout_ms = options.timeout_ms;
  out.connect_timeout_ms = std::min<int64_t>(options.timeout_ms, out.connect_timeout_ms);
  out.max_body_bytes = options.max_answer_bytes;
  return out;
}

Secret authorization_of(const Credential& credential) {
  if (!credential.token.empty()) {
    return Secret("Bearer " + std::string(credential.token.reveal()));
  }
  if (credential.user.empty()) return {};
  Secret pair(credential.user + ":" + std::string(credential.password.reveal()));
  return Secret("Basic " + base64_encode(pair.reveal()));
}

// A random wait below a bound that doubles: workers that failed together come back apart.
int64_t jittered(const RetryOptions& retry, int attempt) {
  const int64_t bound = std::min(retry.max_delay_ms, retry.first_delay_ms << std::min(attempt, 20));
  if (bound <= 0) return 0;
  uint64_t random = 0;
  random_bytes(&random, sizeof random);
  return static_cast<int64_t>(random % static_cast<uint64_t>(bound + 1));
}

std::string what_of(const Question& question) {
  std::string what = question.body.empty() ? "GET " : "POST ";
  for (const std::string& segment : question.path) what += "/" + segment;
  return what;
}

void add_common_headers(http::ClientRequest& request) {
  request.headers.add("Accept", "application/json");
  request.headers.add("X-Atlassian-Token", "no-check");
}

}  // namespace

std::string Failure::reason(const Error& error) const {
  if (status >= 300) return "http_" + std::to_string(status);
  switch (error.code) {
    case Code::kTimeout:
      return "timeout";
    case Code::kTooLarge:
      return "too_large";
    case Code::kCorrupt:
      return "bad_answer";
    default:
      return "unavailable";
  }
}

bool ends_reading(const Error& error, const Failure& failure) {
  switch (error.code) {
    case Code::kUnauthenticated:
    case Code::kCancelled:
    case Code::kRateLimited:
      return true;
    case Code::kUnavailable:
      return failure.status == 0 || failure.status == 502 || failure.status == 503;
    default:
      return false;
  }
}

Transport::Transport(HostOptions options)
    : options_(std::move(options)),
      client_(client_options(options_)),
      governor_({.max_concurrency = std::max(1, options_.max_concurrency),
                 .first_break_ms = 2 * options_.retry.first_delay_ms},
                options_.stop, options_.share),
      authorization_(authorization_of(options_.credential)) {}

void Transport::expect_identity(std::string name) {
  const std::lock_guard lock(mutex_);
  identity_ = std::move(name);
}

std::string Transport::expected_identity() const {
  const std::lock_guard lock(mutex_);
  return identity_;
}

HostCounters Transport::counters() const { return {requests_, bytes_, retries_}; }

std::string Transport::base() const {
  std::string out = options_.base_url;
  while (!out.empty() && out.back() == '/') out.pop_back();
  return out;
}

int64_t Transport::pause_ms(int attempt) const { return jittered(options_.retry, attempt); }

std::string Transport::url(const Question& question) const {
  std::string out = base();
  for (const std::string& segment : question.path) {
    out += '/';
    // `~` is unreserved, but personal space keys were seen to need it encoded.
    for (const char c : percent_encode(segment)) {
      if (c == '~') {
        out += "%7E";
      } else {
        out += c;
      }
    }
  }
  char separator = '?';
  for (const auto& [name, value] : question.query) {
    out += separator;
    out += name + "=" + percent_encode(value);
    separator = '&';
  }
  return out;
}

bool Transport::sleep_ms(int64_t milliseconds) {
  if (options_.stop != nullptr) return options_.stop->sleep_ms(milliseconds);
  std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
  return true;
}

bool Transport::named_within(int64_t max_age_ms) const {
  const int64_t at = named_at_;
  return at != 0 && monotonic_ms() - at <= max_age_ms;
}

TimeMs Transport::date() const {
  const int64_t offset = date_offset_;
  return offset == 0 ? 0 : monotonic_ms() + offset;
}

void Transport::note_date(const http::ClientResponse& response) {
  const auto header = response.headers.get("Date");
  if (!header) return;
  // curl_getdate would need the library; the form is fixed: "Sun, 06 Nov 1994 08:49:37 GMT".
  if (const auto time = parse_http_date(trim(*header))) date_offset_ = *time - monotonic_ms();
}

Status Transport::check_identity(const http::ClientResponse& response) {
  const std::string user = answered_user(response.headers);
  if (login_refused(response.headers)) {
    return fail(Code::kUnauthenticated, "the host refused our credential (HTTP " +
                                            std::to_string(response.status) +
                                            "): check user name and password, or the token");
  }
  if (user.empty()) return {};
  const std::string expected = expected_identity();
  if (user == "anonymous" && expected != user) {
    return fail(Code::kUnauthenticated,
                "identity changed: the host takes us for anonymous; the credential has expired or "
                "was withdrawn");
  }
  // Directories fold the case of names; the header and the profile may differ in it.
  if (!expected.empty() && !equals_ignore_case(user, expected)) {
    return fail(Code::kUnauthenticated,
                "identity changed: the host takes us for " + user + " instead of " + expected);
  }
  if (!expected.empty()) named_at_ = monotonic_ms();
  return {};
}

Result<Answer> Transport::attempt(const Question& question, Attempt& failed) {
  const auto failure = [&failed](Error error, bool retry, bool smaller) {
    failed.error = error;
    failed.retry = retry;
    failed.smaller = smaller;
    return fail(std::move(error));
  };
  http::ClientRequest request;
  request.url = url(question);
  add_common_headers(request);
  request.authorization = authorization_;
  if (!question.body.empty()) {
    request.method = "POST";
    request.headers.add("Content-Type", "application/json");
    request.body = question.body;
  }
  const std::string what = what_of(question);
  Result<http::ClientResponse> response = fail(Code::kInternal, "not asked");
  {
    auto permit = governor_.acquire();
    if (!permit) return failure(std::move(permit).error(), false, false);
    if (Status refused = check_refused(); !refused) {
      return failure(std::move(refused).error().context(what), false, false);
    }
    ++requests_;
    const int64_t asked = monotonic_ms();
    response = client_.send(request);
    RateSigns signs;
    if (response) signs = RateSigns::read(response->status, response->headers);
    signs.latency_ms = monotonic_ms() - asked;
    governor_.report(signs);
    failed.wait_ms = std::clamp<int64_t>(signs.retry_after_ms, 0, Pace::kLongestPauseMs);
  }
  if (!response) {
    const Code code = response.error().code;
    const bool retry = code == Code::kTimeout || code == Code::kUnavailable;
    return failure(std::move(response).error().context(what), retry,
                   code == Code::kTimeout || code == Code::kTooLarge);
  }
  bytes_ += static_cast<int64_t>(response->body.size());
  failed.status = response->status;
  note_date(*response);
  const bool overloaded = response->status == 429 || response->status >= 500;
  // A host that is starting or a proxy before it knows nobody: such answers carry no data and are
  // asked again, and the next good answer says who we are.
  if (!overloaded) {
    if (Status same = check_identity(*response); !same) {
      return failure(std::move(same).error().context(what), false, false);
    }
  }
  if (response->status < 200 || response->status >= 300) {
    Error error = http_error(*response, what);
    const bool server = response->status == 500 || response->status == 502 ||
                        response->status == 503 || response->status == 504;
    const bool timeout = error.code == Code::kTimeout;
    const bool retry = server || timeout || error.code == Code::kRateLimited;
    return failure(std::move(error), retry, timeout || (server && response->status != 503));
  }
  if (response->status == 204 || response->body.empty()) {
    return Answer{Json(), 0};
  }
  auto json = Json::parse(response->body);
  if (json) return Answer{std::move(*json), static_cast<int64_t>(response->body.size())};
  if (looks_like_html(*response)) {
    if (looks_like_login(*response)) {
      return failure({Code::kUnauthenticated, what + ": the host shows its login page"}, false,
                     false);
    }
    return failure({Code::kUnavailable, what + ": the host or a proxy answered with a page: " +
                                            host_words(response->body)},
                   true, false);
  }
  return failure(std::move(json).error().context(what), true, true);
}

Status Transport::check_refused() {
  const std::lock_guard lock(mutex_);
  if (monotonic_ms() >= refused_until_) return {};
  return fail(refusal_);
}

void Transport::note_refused(const Error& error) {
  const std::lock_guard lock(mutex_);
  constexpr int64_t kLongestMs = 10 * 60 * 1000;
  const int64_t now = monotonic_ms();
  if (now < refused_until_) return;  // one of those that were on their way
  refusal_ = error;
  refused_until_ = now + std::min(kLongestMs, options_.refused_pause_ms << std::min(refusals_, 10));
  ++refusals_;
}

Result<Answer> Transport::ask(const Question& question) {
  auto answer = ask_again(question);
  if (!answer && answer.error().code == Code::kUnauthenticated && !question.keeps_credential) {
    note_refused(answer.error());
  } else if (answer) {
    const std::lock_guard lock(mutex_);
    refusals_ = 0;
  }
  return answer;
}

Result<Answer> Transport::ask_again(const Question& question) {
  const int attempts = question.once ? 1 : std::max(1, options_.retry.max_attempts);
  // Who can ask for less instead does so soon; being refused or cut off is another matter.
  const int with_less = question.attempts > 0 ? std::min(question.attempts, attempts) : attempts;
  int64_t waited = 0;
  Attempt failed;
  for (int number = 0; number < attempts; ++number) {
    failed = Attempt{};
    auto answer = attempt(question, failed);
    if (answer) return answer;
    // What would end the whole reading is no matter of size, whoever could ask for less.
    const bool by_size =
        failed.smaller && !ends_reading(failed.error, {.status = failed.status, .smaller = true});
    if (!failed.retry || number + 1 >= (by_size ? with_less : attempts)) break;
    const int64_t wait = std::max(failed.wait_ms, pause_ms(number));
    if (waited + wait > options_.retry.max_total_ms) break;
    waited += wait;
    ++retries_;
    log::debug("{}: {}; asking again in {} ms", options_.name, failed.error.message, wait);
    if (!sleep_ms(wait)) {
      failed.error = Error{Code::kCancelled, "asked to stop while waiting for the host"};
      break;
    }
  }
  if (question.failure != nullptr) {
    question.failure->status = failed.status;
    question.failure->smaller = failed.smaller;
  }
  return fail(std::move(failed.error));
}

Result<Transport::CallerAnswer> Transport::ask_as(const CallerCredential& caller,
                                                  const Question& question) {
  if (caller.empty()) return fail(Code::kUnauthenticated, "log in to the host first");
  http::ClientRequest request;
  request.url = url(question);
  add_common_headers(request);
  request.authorization = caller.authorization;
  const Secret cookies = allowed_cookies(caller.cookies.reveal());
  if (!cookies.empty()) request.headers.add("Cookie", std::string(cookies.reveal()));
  if (!question.body.empty()) {
    request.method = "POST";
    request.headers.add("Content-Type", "application/json");
    request.body = question.body;
  }
  request.timeout_ms = kCallerTimeoutMs;
  request.max_body_bytes = kCallerBodyBytes;
  ++requests_;
  auto response = client_.send(request);
  if (!response) {
    return fail(Code::kUnavailable,
                "the host can not be asked who you are: " + response.error().message);
  }
  bytes_ += static_cast<int64_t>(response->body.size());
  CallerAnswer answer;
  answer.status = response->status;
  answer.user = answered_user(response->headers);
  const bool redirected = response->status >= 300 && response->status < 400;
  if (response->status == 401 || redirected) {
    return fail(Code::kUnauthenticated, std::string(kLoginRefused));
  }
  const bool denied = response->headers.has("X-Authentication-Denied-Reason");
  if (response->status < 500 && response->status != 429 &&
      (denied || login_refused(response->headers) || answer.user == "anonymous")) {
    return fail(Code::kUnauthenticated, std::string(kLoginRefused));
  }
  if (response->status == 403 || response->status == 404) return answer;
  if (response->status != 200) {
    const Error error = http_error(*response, what_of(question));
    if (error.code == Code::kRateLimited) return fail(error);
    return fail(Code::kUnavailable, "the host can not be asked: " + error.message);
  }
  auto json = Json::parse(response->body);
  if (!json) {
    if (looks_like_login(*response)) {
      return fail(Code::kUnauthenticated, std::string(kLoginRefused));
    }
    return fail(Code::kUnavailable, "the host can not be asked: its answer is no JSON");
  }
  answer.json = std::move(*json);
  return answer;
}

}  // namespace spillguard::hosts
