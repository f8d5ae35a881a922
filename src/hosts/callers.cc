#include "hosts/callers.h"

#include <condition_variable>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <variant>

#include "base/encoding.h"
#include "base/strings.h"
#include "hosts/login_failures.h"

namespace spillguard::hosts {

namespace {

// Answers kept at most; the one unused for longest goes first.
constexpr size_t kMaxCached = 100'000;
// Items of one call that are asked for one by one because no search knows them.
constexpr int kMaxSingleItems = 20;

// What the host said: who, yes or no, or a list of names.
using Said = std::variant<Identity, bool, std::vector<std::string>>;

bool is_positive(const Result<Said>& answer) {
  if (!answer) return false;
  const bool* yes = std::get_if<bool>(&*answer);
  return yes == nullptr || *yes;
}

// A refusal is an answer and may be kept; a host that is away is none.
bool may_be_kept(const Result<Said>& answer) {
  if (answer) return true;
  const Code code = answer.error().code;
  return code == Code::kUnauthenticated || code == Code::kNotFound ||
         code == Code::kPermissionDenied;
}

// "basic:<user name>" of a Basic credential; "" for others.
std::string basic_user(const CallerCredential& caller) {
  constexpr std::string_view kBasic = "basic ";
  const std::string_view header = trim(caller.authorization.reveal());
  if (!starts_with_ignore_case(header, kBasic)) return {};
  const auto pair = base64_decode(trim(header.substr(kBasic.size())));
  if (!pair) return "basic:";
  // Directories fold the case of names.
  return "basic:" + to_lower(std::string_view(*pair).substr(0, pair->find(':')));
}

}  // namespace

struct Callers::State {
  State(Host& asked, const MasterKey& master, CallerOptions opts, Clock time)
      : host(asked),
        key(master),
        options(opts),
        clock(std::move(time)),
        failures(opts.max_failures, opts.failure_window_ms),
        address_failures(opts.max_failures_from_address, opts.failure_window_ms) {}

  struct Entry {
    Result<Said> answer;
    TimeMs until = 0;
    std::list<std::string>::iterator used;
  };
  // A question on its way to the host; others with the same one wait for its answer.
  struct Flight {
    bool done = false;
    Result<Said> answer{false};
  };
  using Ask = std::function<Result<Said>()>;

  // A caller in the cache: an HMAC, so that no credential lies in memory for longer than its
  // request.
  std::string caller_key(const CallerCredential& caller) const {
    // Lengths keep the two apart, whatever they hold.
    std::string text = std::to_string(caller.authorization.reveal().size()) + "," +
                       std::to_string(caller.cookies.reveal().size()) + ";";
    text += caller.authorization.reveal();
    text += caller.cookies.reveal();
    const Secret wiped(std::move(text));
    return std::string(key.keyed_hash("caller-cache", wiped.reveal()).raw());
  }

  // All hashes are of one length: what follows can not be mistaken for a part of one.
  std::string cache_key(const CallerCredential& caller, std::string_view question) const {
    std::string at = caller_key(caller);
    at += question;
    return at;
  }

  // Until the lock is given up; nullptr when there is none that still holds.
  const Result<Said>* cached(const std::string& at) {
    const auto it = entries.find(at);
    if (it == entries.end()) return nullptr;
    if (it->second.until <= clock()) {
      by_use.erase(it->second.used);
      entries.erase(it);
      return nullptr;
    }
    by_use.splice(by_use.begin(), by_use, it->second.used);
    return &it->second.answer;
  }

  void keep(const std::string& at, const Result<Said>& answer) {
    if (!may_be_kept(answer)) return;
    const int64_t ttl = is_positive(answer) ? options.positive_ttl_ms : options.negative_ttl_ms;
    if (const auto old = entries.find(at); old != entries.end()) {
      by_use.erase(old->second.used);
      entries.erase(old);
    }
    while (entries.size() >= kMaxCached) {
      entries.erase(by_use.back());
      by_use.pop_back();
    }
    by_use.push_front(at);
    entries.emplace(at, Entry{answer, clock() + ttl, by_use.begin()});
  }

  // The answer from the cache, from somebody who is asking just now, or from the host. `before`
  // may refuse to ask, `after` sees what the host said; both run under the lock.
  Result<Said> answer(const std::string& at, const Ask& ask, const std::function<Status()>& before,
                      const std::function<void(const Result<Said>&)>& after) {
    std::unique_lock lock(mutex);
    if (const auto* const kept = cached(at)) return *kept;
    if (const auto it = flights.find(at); it != flights.end()) {
      // Shared by the one who asks and all who wait; the last to leave frees it.
      const std::shared_ptr<Flight> flight = it->second;
      landed.wait(lock, [&] { return flight->done; });
      return flight->answer;
    }
    SG_TRY(before());
    const auto flight = std::make_shared<Flight>();
    flights.emplace(at, flight);
    lock.unlock();
    Result<Said> said = ask();
    lock.lock();
    keep(at, said);
    after(said);
    flight->answer = said;
    flight->done = true;
    flights.erase(at);
    lock.unlock();
    landed.notify_all();
    return said;
  }

  Result<bool> permission(const CallerCredential& caller, std::string_view question,
                          const std::function<Result<bool>()>& ask) {
    if (caller.empty()) return fail(Code::kUnauthenticated, "log in to the host first");
    auto said = answer(
        cache_key(caller, question),
        [&]() -> Result<Said> {
          SG_ASSIGN(const bool yes, ask());
          return Said(yes);
        },
        [] { return Status(); }, [](const Result<Said>&) {});
    if (!said) return fail(std::move(said).error());
    return std::get<bool>(*said);
  }

  Result<std::vector<std::string>> names(
      const CallerCredential& caller, std::string_view question,
      const std::function<Result<std::vector<std::string>>()>& ask) {
    if (caller.empty()) return fail(Code::kUnauthenticated, "log in to the host first");
    auto said = answer(
        cache_key(caller, question),
        [&]() -> Result<Said> {
          SG_ASSIGN(auto list, ask());
          return Said(std::move(list));
        },
        [] { return Status(); }, [](const Result<Said>&) {});
    if (!said) return fail(std::move(said).error());
    return std::get<std::vector<std::string>>(std::move(*said));
  }

  Host& host;
  MasterKey key;
  CallerOptions options;
  Clock clock;
  std::mutex mutex;
  std::condition_variable landed;
  std::unordered_map<std::string, Entry> entries;
  std::list<std::string> by_use;  // newest first
  std::map<std::string, std::shared_ptr<Flight>> flights;
  LoginFailures failures;
  LoginFailures address_failures;
};

Callers::Callers(Host& host, const MasterKey& key, CallerOptions options, Clock clock)
    : state_(std::make_unique<State>(host, key, options, std::move(clock))) {}

Callers::~Callers() = default;

Result<Identity> Callers::authenticate(const CallerCredential& caller,
                                       const std::string& remote_address) {
  if (caller.empty()) return fail(Code::kUnauthenticated, "log in to the host first");
  const std::string user = basic_user(caller);
  // A session that ran out is no attempt to guess one: only credentials that somebody chose count.
  const std::string address = caller.authorization.empty() ? "" : "from:" + remote_address;
  State& state = *state_;
  const auto before = [&]() -> Status {
    const TimeMs now = state.clock();
    if (state.failures.too_many(user, now) || state.address_failures.too_many(address, now)) {
      return fail(
          Code::kRateLimited,
          "too many failed logins; wait a minute, so that the host does not lock the account");
    }
    return {};
  };
  const auto after = [&](const Result<Said>& said) {
    if (said) {
      state.failures.clear(user);
    } else if (said.error().code == Code::kUnauthenticated) {
      state.failures.add(user, state.clock());
      state.address_failures.add(address, state.clock());
    }
  };
  auto said = state.answer(
      state.cache_key(caller, "identity"),
      [&]() -> Result<Said> {
        SG_ASSIGN(Identity identity, state.host.caller_identity(caller));
        return Said(std::move(identity));
      },
      before, after);
  if (!said) return fail(std::move(said).error());
  return std::get<Identity>(std::move(*said));
}

Result<bool> Callers::is_product_admin(const CallerCredential& caller) {
  return state_->permission(caller, "product-admin",
                            [&] { return state_->host.is_product_admin(caller); });
}

Result<bool> Callers::is_scope_admin(const CallerCredential& caller, const std::string& scope_key) {
  return state_->permission(caller, "scope-admin:" + scope_key,
                            [&] { return state_->host.is_scope_admin(caller, scope_key); });
}

Result<bool> Callers::can_view_scope(const CallerCredential& caller, const std::string& scope_key) {
  return state_->permission(caller, "view-scope:" + scope_key,
                            [&] { return state_->host.can_view_scope(caller, scope_key); });
}

Result<bool> Callers::can_view_item(const CallerCredential& caller, const std::string& item_id) {
  return state_->permission(caller, "view-item:" + item_id,
                            [&] { return state_->host.can_view_item(caller, item_id); });
}

Result<bool> Callers::can_edit_scope(const CallerCredential& caller, const std::string& scope_key) {
  return state_->permission(caller, "edit-scope:" + scope_key,
                            [&] { return state_->host.can_edit_scope(caller, scope_key); });
}

Result<bool> Callers::may_administer_any(const CallerCredential& caller) {
  return state_->permission(caller, "administers-any",
                            [&] { return state_->host.may_administer_any(caller); });
}

Result<std::vector<std::string>> Callers::groups(const CallerCredential& caller) {
  return state_->names(caller, "groups", [&] { return state_->host.caller_groups(caller); });
}

Result<std::vector<std::string>> Callers::visible_scopes(const CallerCredential& caller) {
  return state_->names(caller, "scopes", [&] { return state_->host.visible_scopes(caller); });
}

Result<std::unordered_set<std::string>> Callers::visible_items(
    const CallerCredential& caller, const std::vector<std::string>& item_ids) {
  if (caller.empty()) return fail(Code::kUnauthenticated, "log in to the host first");
  State& state = *state_;
  std::unordered_set<std::string> visible;
  std::vector<std::pair<std::string, std::string>> asked;  // id, its place in the cache
  std::vector<std::string> ids;
  // Lists ask about many items, and most of their findings stand in the same: one hash for all, and
  // no copies but of what is new.
  std::string place = state.cache_key(caller, "view-item:");
  const size_t prefix = place.size();
  {
    const std::lock_guard lock(state.mutex);
    std::unordered_set<std::string_view> seen;  // into item_ids
    for (const std::string& id : item_ids) {
      if (!seen.insert(id).second) continue;
      place.resize(prefix);
      place += id;
      if (const auto* const kept = state.cached(place)) {
        if (is_positive(*kept)) visible.insert(id);
        continue;
      }
      ids.push_back(id);
      asked.emplace_back(id, place);
    }
  }
  if (ids.empty()) return visible;
  SG_ASSIGN(const auto found, state.host.visible_items(caller, ids));
  const std::unordered_set<std::string> known(found.begin(), found.end());
  int singles = 0;
  for (const auto& [id, at] : asked) {
    if (known.contains(id)) {
      visible.insert(id);
      const std::lock_guard lock(state.mutex);
      state.keep(at, Said(true));
    } else if (singles++ < kMaxSingleItems) {
      SG_ASSIGN(const bool yes, can_view_item(caller, id));
      if (yes) visible.insert(id);
    }
  }
  return visible;
}

}  // namespace spillguard::hosts
