// Questions to one host: builds URLs under its base, adds the credential, checks on every answer
// who the host takes us for, retries what may be retried, reads JSON, turns error bodies into
// Errors. Shared by the Jira and Confluence clients. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "hosts/governor.h"
#include "hosts/host.h"
#include "hosts/json.h"
#include "http/client.h"

namespace spillguard::hosts {

// What a caller is told whose credential the host refuses.
inline constexpr std::string_view kLoginRefused =
    "The host does not accept this login: check the user name and password, or the token, by "
    "logging in to the host itself.";

using Query = std::vector<std::pair<std::string, std::string>>;

// How a failed question failed, for callers that can ask for less instead.
struct Failure {
  int status = 0;        // the last HTTP status; 0 = there was no answer
  bool smaller = false;  // 5xx, time-out, cut or too large: fewer records may work
  // The fixed word for the coverage ledger: "http_500", "timeout", "too_large", "bad_answer" …
  [[nodiscard]] std::string reason(const Error& error) const;
};

// Whether an error ends a whole reading instead of being noted for one item: our credential, a
// cancelled run, or a host that does not answer at all.
bool ends_reading(const Error& error, const Failure& failure);

struct Question {
  // Path under the base URL, as segments that are not encoded yet: {"rest", "api", "2", "myself"}.
  std::vector<std::string> path{};
  Query query{};
  // When not empty: a POST of this JSON. Only for searches, which may be asked twice.
  std::string body{};
  int attempts = 0;   // 0 = the host's
  bool once = false;  // changes something on the host: never asked again by itself
  // A refusal says that we may not do this, not that our credential is bad.
  bool keeps_credential = false;
  Failure* failure = nullptr;  // filled when the question fails
};

struct Answer {
  Json json;
  int64_t bytes = 0;  // of the body
};

class Transport {
 public:
  explicit Transport(HostOptions options);

  // A 2xx answer with JSON, or an error. kUnauthenticated when the host takes us for somebody else
  // than expect_identity() said.
  Result<Answer> ask(const Question& question);

  // A caller's question: asked once, with the caller's credential, within 3 s, outside the
  // governor, redirects refused. `status` 200 with JSON, or 403 and 404 without; all else is an
  // error: 401 and redirects kUnauthenticated, the rest kUnavailable.
  struct CallerAnswer {
    int status = 0;
    Json json;
    std::string user;  // X-AUSERNAME, decoded; "" when the host did not say
  };
  Result<CallerAnswer> ask_as(const CallerCredential& caller, const Question& question);

  // attachments.cc: the bytes of a 2xx answer, in pieces; how many came. `path` is encoded and
  // below our base, `size` what the host told (0 = nothing), `max` the cap. Redirects are refused.
  struct Download {
    std::string path;
    int64_t size = 0;
    uint64_t max = 0;
  };
  Result<int64_t> stream(const Download& download, const BytesSink& sink);

  // The name that every later answer must carry.
  void expect_identity(std::string name);
  [[nodiscard]] std::string expected_identity() const;

  // Whether an answer named us, as we are expected, within this time.
  [[nodiscard]] bool named_within(int64_t max_age_ms) const;
  // What the Date header of the last answer said, moved on by the time since; 0 = no answer had
  // one.
  [[nodiscard]] TimeMs date() const;

  [[nodiscard]] const HostOptions& options() const { return options_; }
  [[nodiscard]] HostCounters counters() const;

 private:
  struct Attempt {
    Error error;
    int status = 0;
    bool retry = false;
    bool smaller = false;
    int64_t wait_ms = 0;  // at least, as the host asks
  };
  Result<Answer> ask_again(const Question& question);
  Result<Answer> attempt(const Question& question, Attempt& failed);
  Status check_identity(const http::ClientResponse& response);
  // Of a credential that was refused a moment ago: the error of then, without asking.
  Status check_refused();
  void note_refused(const Error& error);
  void note_date(const http::ClientResponse& response);
  Status stream_once(const http::ClientRequest& request, const std::string& what, Attempt& failed);
  [[nodiscard]] int64_t pause_ms(int attempt) const;
  [[nodiscard]] std::string base() const;  // without a trailing slash
  [[nodiscard]] std::string url(const Question& question) const;
  bool sleep_ms(int64_t milliseconds);

  HostOptions options_;
  http::Client client_;
  Governor governor_;
  Secret authorization_;
  mutable std::mutex mutex_;
  std::string identity_;
  Error refusal_;                        // the last refusal of our credential
  int refusals_ = 0;                     // in a row; under mutex_ as refusal_
  int64_t refused_until_ = 0;            // monotonic
  std::atomic<int64_t> named_at_{0};     // monotonic; 0 = never
  std::atomic<int64_t> date_offset_{0};  // the host's clock less our monotonic one; 0 = not known
  std::atomic<int64_t> requests_{0};
  std::atomic<int64_t> bytes_{0};
  std::atomic<int64_t> retries_{0};
};

// A host's list of webhooks (webhooks.cc).
struct HookPlace {
  std::vector<std::string> path;
  bool is_jira = false;
  bool has_secret = false;
};
// Adds ours to the list unless it is there; whether it was added.
Result<bool> ensure_hook(Transport& transport, const HookPlace& place, const WebhookSpec& spec);

}  // namespace spillguard::hosts
