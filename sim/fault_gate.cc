#include "sim/fault_gate.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <thread>

#include "base/encoding.h"
#include "base/strings.h"
#include "sim/errors.h"
#include "sim/random.h"

namespace spillguard::sim {
namespace {

namespace bj = boost::json;

constexpr std::string_view kRouteCookie = "simroute";
constexpr size_t kSlowPieces = 8;

uint64_t identity_of(const http::Request& request) {
  Random random(0, request.method, 0);
  Random target(random.next(), request.raw_target, request.raw_target.size());
  return Random(target.next(), request.body, request.body.size()).next();
}

// Who asks, by the name in the credential; "" when that is a cookie or missing.
std::string asking_user(const http::Request& request) {
  constexpr std::string_view kBasic = "Basic ";
  constexpr std::string_view kBearer = "Bearer sim-token-";
  const auto header = request.headers.get("Authorization").value_or("");
  if (header.starts_with(kBearer)) return std::string(header.substr(kBearer.size()));
  if (!starts_with_ignore_case(header, kBasic)) return {};
  const auto pair = base64_decode(trim(header.substr(kBasic.size())));
  return pair ? pair->substr(0, pair->find(':')) : std::string();
}

bool fits(const FaultRule& rule, Product product, const http::Request& request, uint64_t number) {
  const std::string_view name = product == Product::kJira ? "jira" : "confluence";
  return (rule.product.empty() || rule.product == name) &&
         (rule.method.empty() || rule.method == request.method) &&
         (rule.path.empty() || request.path.find(rule.path) != std::string::npos) &&
         (rule.user.empty() || rule.user == asking_user(request)) && number >= rule.from &&
         (rule.to == 0 || number < rule.to);
}

// Those that only change what is asked go together with others.
bool goes_with_others(FaultKind kind) {
  return kind == FaultKind::kPageCap || kind == FaultKind::kTouch ||
         kind == FaultKind::kLostScope || kind == FaultKind::kEmptyNext;
}

// Passes a body on until so many bytes went through.
class CuttingWriter final : public http::BodyWriter {
 public:
  CuttingWriter(http::BodyWriter& next, size_t left) : next_(next), left_(left) {}
  Status write(std::string_view data) override {
    const auto part = data.substr(0, left_);
    left_ -= part.size();
    if (!part.empty()) SG_TRY(next_.write(part));
    if (part.size() < data.size()) return fail(Code::kUnavailable, "cut by the fault plan");
    return {};
  }

 private:
  http::BodyWriter& next_;
  size_t left_;
};

http::Response cut(http::Response response) {
  constexpr size_t kShownOfStream = 700;
  if (response.stream) {
    response.stream = [stream = std::move(response.stream)](http::BodyWriter& writer) -> Status {
      CuttingWriter cutting(writer, kShownOfStream);
      SG_TRY(stream(cutting));
      return fail(Code::kUnavailable, "cut by the fault plan");
    };
    return response;
  }
  response.stream = [body = std::move(response.body)](http::BodyWriter& writer) -> Status {
    SG_TRY(writer.write(std::string_view(body).substr(0, body.size() / 2)));
    return fail(Code::kUnavailable, "cut by the fault plan");
  };
  response.body.clear();
  return response;
}

http::Response slowed(http::Response response, int64_t ms) {
  const auto pause = std::chrono::milliseconds(ms / static_cast<int64_t>(kSlowPieces));
  if (response.stream) {
    response.stream = [stream = std::move(response.stream),
                       ms](http::BodyWriter& writer) -> Status {
      std::this_thread::sleep_for(std::chrono::milliseconds(ms));
      return stream(writer);
    };
    return response;
  }
  response.stream = [body = std::move(response.body), pause](http::BodyWriter& writer) -> Status {
    const auto piece = body.size() / kSlowPieces + 1;
    for (size_t at = 0; at < body.size(); at += piece) {
      SG_TRY(writer.write(std::string_view(body).substr(at, piece)));
      std::this_thread::sleep_for(pause);
    }
    return {};
  };
  response.body.clear();
  return response;
}

void set_query(http::Request& request, std::string_view name, const std::string& value) {
  for (auto& [known, old] : request.query) {
    if (known == name) {
      old = value;
      return;
    }
  }
  request.query.emplace_back(name, value);
}

uint64_t query_number(const http::Request& request, std::string_view name, uint64_t missing) {
  const auto value = parse_int(request.query_value(name).value_or(""));
  return value && *value >= 0 ? static_cast<uint64_t>(*value) : missing;
}

}  // namespace

FaultGate::FaultGate(Product product, GateHooks hooks)
    : product_(product), hooks_(std::move(hooks)) {
  set_plan({});
}

void FaultGate::set_plan(const FaultPlan& plan) {
  auto course = std::make_shared<Course>();
  course->plan = plan;
  course->hit.resize(plan.faults.size());
  course->done.resize(plan.faults.size());
  const std::lock_guard lock(mutex_);
  course_ = std::move(course);
}

GateCounts FaultGate::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

void FaultGate::reset_counts() {
  const std::lock_guard lock(mutex_);
  counts_ = {};
}

void FaultGate::count_fault(const std::string& name) {
  const std::lock_guard lock(mutex_);
  ++counts_.faults[name];
}

std::vector<const FaultRule*> FaultGate::choose(Course& course, const http::Request& request,
                                                uint64_t number) const {
  std::vector<const FaultRule*> chosen;
  const auto identity = identity_of(request);
  const std::lock_guard lock(course.mutex);
  const auto time = course.seen[identity]++;
  bool closed = false;
  for (size_t i = 0; i < course.plan.faults.size() && !closed; ++i) {
    const auto& rule = course.plan.faults[i];
    if (!fits(rule, product_, request, number)) continue;
    Random random(course.plan.seed + i * 0x9e3779b9ULL, "fault", identity + time);
    if (!random.chance(rule.chance)) continue;
    auto& hits = course.hit[i][identity];
    if (rule.times > 0 && hits >= rule.times) continue;
    if (rule.most > 0 && course.done[i] >= rule.most) continue;
    if (rule.kind == FaultKind::kWindow && !beyond(request, rule.limit)) continue;
    ++hits;
    ++course.done[i];
    chosen.push_back(&rule);
    closed = !goes_with_others(rule.kind);
  }
  return chosen;
}

void FaultGate::choose_node(const NodesPlan& nodes, uint64_t number, http::Request& request,
                            std::string& cookie) const {
  size_t node = static_cast<size_t>(number % nodes.count);
  if (nodes.sticky) {
    const auto known = parse_int(request.cookie(kRouteCookie).value_or(""));
    if (known && *known >= 0) {
      node = static_cast<size_t>(*known) % nodes.count;
    } else {
      cookie = fmt::format("{}={}; Path=/", kRouteCookie, node);
    }
  }
  request.headers.set(kNodeHeader, std::to_string(node));
  if (node < nodes.lag_ms.size() && nodes.lag_ms[node] > 0)
    request.headers.set(kLagHeader, std::to_string(nodes.lag_ms[node]));
}

http::Response FaultGate::serve(const http::Request& request) {
  std::shared_ptr<Course> course;
  {
    const std::lock_guard lock(mutex_);
    course = course_;
    ++counts_.requests;
  }
  const auto number = course->requests++;
  const auto& nodes = course->plan.nodes;
  http::Response response;
  if (course->plan.faults.empty() && nodes.count == 1 && nodes.lag_ms.empty()) {
    response = hooks_.answer(request);
  } else {
    auto changed = request;
    std::string cookie;
    choose_node(nodes, number, changed, cookie);
    const FaultRule* last = nullptr;
    for (const auto* rule : choose(*course, request, number)) {
      count_fault(rule->name);
      switch (rule->kind) {
        case FaultKind::kPageCap:
          cap_page(changed, rule->limit);
          break;
        case FaultKind::kTouch:
          if (changed.path.ends_with("/search")) hooks_.touch();
          break;
        case FaultKind::kLostScope:
          changed.headers.add(std::string(kLostHeader), rule->scope);
          break;
        case FaultKind::kEmptyNext:
          changed.headers.set(kEmptyNextHeader, "1");
          break;
        default:
          last = rule;
      }
    }
    response = last == nullptr ? hooks_.answer(changed) : disturbed(changed, *last);
    if (!cookie.empty()) response.headers.add("Set-Cookie", cookie);
  }
  {
    const std::lock_guard lock(mutex_);
    counts_.bytes += response.body.size();
  }
  hooks_.after(number);
  return response;
}

http::Response FaultGate::disturbed(const http::Request& request, const FaultRule& rule) {
  switch (rule.kind) {
    case FaultKind::kCut:
      return cut(hooks_.answer(request));
    case FaultKind::kCutSilently: {
      auto response = hooks_.answer(request);
      response.body.resize(response.body.size() / 2);
      return response;
    }
    case FaultKind::kSlow:
      return slowed(hooks_.answer(request), rule.ms);
    case FaultKind::kAnonymous: {
      auto stranger = request;
      stranger.headers.set("Authorization", "Bearer expired");
      if (stranger.headers.has("Cookie")) stranger.headers.set("Cookie", "");
      return hooks_.answer(stranger);
    }
    default:
      return refusal(rule);
  }
}

http::Response FaultGate::refusal(const FaultRule& rule) const {
  const bool jira = product_ == Product::kJira;
  http::Response response;
  if (rule.kind == FaultKind::kUnauthorized) {
    response = jira ? jira_unauthenticated() : confluence_error(401, "Log in first.");
    response.headers.set("X-AUSERNAME", "anonymous");
    response.headers.set("X-Seraph-LoginReason", "AUTHENTICATED_FAILED");
    response.headers.set("WWW-Authenticate", "OAuth realm=\"sim\"");
  } else if (rule.kind == FaultKind::kWindow) {
    const auto message = fmt::format(
        "Search limit exceeded. We couldn't complete your search because it requests more results "
        "than the search platform limit of {}.",
        rule.limit);
    response = jira ? jira_error(500, message) : confluence_error(400, message);
  } else if (rule.kind == FaultKind::kHtml || rule.body == "html") {
    response = html_error(rule.status, "The proxy had something else to say.");
  } else if (rule.body == "empty") {
    response = http::Response::empty(rule.status);
  } else if (rule.body == "text") {
    response = http::Response::text(rule.status, "upstream connect error");
  } else if (rule.status == 429) {
    response = jira_rest_error(429, "Rate limit exceeded.");
  } else {
    const auto message = fmt::format("HTTP {} by the fault plan", rule.status);
    response = jira ? jira_error(rule.status, message) : confluence_error(rule.status, message);
  }
  for (const auto& [name, value] : rule.headers) response.headers.set(name, value);
  if (rule.retry_after) response.headers.set("Retry-After", std::to_string(*rule.retry_after));
  return response;
}

bool FaultGate::beyond(const http::Request& request, uint64_t window) const {
  if (product_ == Product::kConfluence)
    return query_number(request, "start", 0) + query_number(request, "limit", 25) > window;
  if (!request.path.ends_with("/search")) return false;
  auto start = query_number(request, "startAt", 0);
  auto limit = query_number(request, "maxResults", 50);
  if (request.method == "POST") {
    boost::system::error_code error;
    const auto body = bj::parse(request.body, error);
    if (error || !body.is_object()) return false;
    const auto member = [&](std::string_view name, uint64_t missing) {
      const auto* value = body.get_object().if_contains(name);
      return value != nullptr && value->is_int64() && value->get_int64() >= 0
                 ? static_cast<uint64_t>(value->get_int64())
                 : missing;
    };
    start = member("startAt", 0);
    limit = member("maxResults", 50);
  }
  return start + limit > window;
}

void FaultGate::cap_page(http::Request& request, uint64_t limit) const {
  if (product_ == Product::kConfluence) {
    set_query(request, "limit",
              std::to_string(std::min(limit, query_number(request, "limit", 25))));
    return;
  }
  if (request.method == "GET") {
    if (!request.path.ends_with("/search") && !request.path.ends_with("/comment") &&
        !request.path.ends_with("/worklog"))
      return;
    set_query(request, "maxResults",
              std::to_string(std::min(limit, query_number(request, "maxResults", limit))));
    return;
  }
  boost::system::error_code error;
  auto body = bj::parse(request.body, error);
  if (error || !body.is_object()) return;
  auto& asked = body.get_object()["maxResults"];
  const auto number = asked.is_int64() && asked.get_int64() >= 0
                          ? static_cast<uint64_t>(asked.get_int64())
                          : uint64_t{50};
  asked = std::min(number, limit);
  request.body = bj::serialize(body);
}

}  // namespace spillguard::sim
