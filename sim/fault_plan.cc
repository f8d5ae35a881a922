#include "sim/fault_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "base/json_writer.h"
#include "sim/random.h"

namespace spillguard::sim {
namespace {

namespace bj = boost::json;

constexpr std::array<std::pair<FaultKind, std::string_view>, 12> kFaultNames = {{
    {FaultKind::kStatus, "status"},
    {FaultKind::kHtml, "html"},
    {FaultKind::kCut, "cut"},
    {FaultKind::kCutSilently, "cut_silently"},
    {FaultKind::kSlow, "slow"},
    {FaultKind::kPageCap, "page_cap"},
    {FaultKind::kWindow, "window"},
    {FaultKind::kUnauthorized, "unauthorized"},
    {FaultKind::kAnonymous, "anonymous"},
    {FaultKind::kLostScope, "lost_scope"},
    {FaultKind::kEmptyNext, "empty_next"},
    {FaultKind::kTouch, "touch"},
}};

// Reads the members of one object; what nobody asked for is a mistake.
class Members {
 public:
  Members(const bj::object& object, std::string where)
      : object_(object), where_(std::move(where)) {}

  template <typename Number>
  void number(std::string_view name, Number& target) {
    const auto* value = find(name);
    if (value == nullptr) return;
    boost::system::error_code error;
    const auto parsed = value->to_number<int64_t>(error);
    if (error || parsed < 0) {
      complain(name, "a number");
    } else {
      target = static_cast<Number>(parsed);
    }
  }
  void text(std::string_view name, std::string& target) {
    const auto* value = find(name);
    if (value == nullptr) return;
    if (!value->is_string()) return complain(name, "a text");
    target = std::string(value->get_string());
  }
  void flag(std::string_view name, bool& target) {
    const auto* value = find(name);
    if (value == nullptr) return;
    if (!value->is_bool()) return complain(name, "true or false");
    target = value->get_bool();
  }
  const bj::object* object(std::string_view name) {
    const auto* value = find(name);
    if (value == nullptr) return nullptr;
    if (!value->is_object()) complain(name, "an object");
    return value->if_object();
  }
  const bj::array* array(std::string_view name) {
    const auto* value = find(name);
    if (value == nullptr) return nullptr;
    if (!value->is_array()) complain(name, "a list");
    return value->if_array();
  }
  [[nodiscard]] bool has(std::string_view name) const { return object_.contains(name); }
  void complain(std::string_view name, std::string_view expected) {
    if (problem_.empty())
      problem_ = fmt::format("fault plan: {}.{} must be {}", where_, name, expected);
  }
  Status done() {
    for (const auto& [name, value] : object_) {
      const std::string_view key(name.data(), name.size());
      if (problem_.empty() && std::find(known_.begin(), known_.end(), key) == known_.end())
        problem_ = fmt::format("fault plan: {} has no member \"{}\"", where_, key);
    }
    if (problem_.empty()) return {};
    return fail(Code::kInvalidArgument, problem_);
  }

 private:
  const bj::value* find(std::string_view name) {
    known_.push_back(name);
    return object_.if_contains(name);
  }
  const bj::object& object_;
  std::string where_;
  std::vector<std::string_view> known_;
  std::string problem_;
};

Result<FaultRule> parse_rule(const bj::object& object, size_t index) {
  Members members(object, fmt::format("faults[{}]", index));
  FaultRule rule;
  std::string kind;
  members.text("fault", kind);
  const auto* known = std::find_if(kFaultNames.begin(), kFaultNames.end(),
                                   [&](const auto& entry) { return entry.second == kind; });
  if (known == kFaultNames.end()) {
    members.complain("fault", "one of the known faults");
  } else {
    rule.kind = known->first;
  }
  rule.name = kind;
  if (rule.kind == FaultKind::kHtml) rule.status = 200;
  members.text("name", rule.name);
  members.text("product", rule.product);
  members.text("method", rule.method);
  members.text("path", rule.path);
  members.text("user", rule.user);
  members.number("from", rule.from);
  members.number("to", rule.to);
  members.number("chance", rule.chance);
  members.number("times", rule.times);
  members.number("most", rule.most);
  members.number("status", rule.status);
  members.text("body", rule.body);
  members.number("limit", rule.limit);
  members.number("ms", rule.ms);
  members.text("scope", rule.scope);
  if (members.has("retry_after")) {
    int64_t seconds = 0;
    members.number("retry_after", seconds);
    rule.retry_after = seconds;
  }
  if (const auto* headers = members.object("headers")) {
    for (const auto& [name, value] : *headers) {
      if (!value.is_string()) {
        members.complain("headers", "an object of texts");
        break;
      }
      rule.headers.emplace_back(std::string(name), std::string(value.get_string()));
    }
  }
  if (rule.status < 200 || rule.status > 599) members.complain("status", "200 to 599");
  if (rule.kind == FaultKind::kPageCap && rule.limit == 0) members.complain("limit", "at least 1");
  if (rule.kind == FaultKind::kLostScope && rule.scope.empty())
    members.complain("scope", "the key of a project or space");
  SG_TRY(members.done());
  return rule;
}

Status parse_nodes(const bj::object& object, NodesPlan& nodes) {
  Members members(object, "nodes");
  members.number("count", nodes.count);
  members.flag("sticky", nodes.sticky);
  if (const auto* lags = members.array("lag_ms")) {
    for (const auto& lag : *lags) {
      if (!lag.is_int64()) {
        members.complain("lag_ms", "a list of numbers");
        break;
      }
      nodes.lag_ms.push_back(lag.get_int64());
    }
  }
  if (nodes.count == 0) members.complain("count", "at least 1");
  return members.done();
}

Status parse_webhooks(const bj::object& object, WebhookPlan& webhooks) {
  Members members(object, "webhooks");
  members.number("late", webhooks.late);
  members.number("late_ms", webhooks.late_ms);
  members.number("double", webhooks.doubled);
  members.number("lost", webhooks.lost);
  members.number("shuffle", webhooks.shuffle);
  return members.done();
}

Status parse_churn(const bj::object& object, ChurnPlan& churn) {
  Members members(object, "churn");
  members.number("per_second", churn.per_second);
  members.number("per_100_requests", churn.per_100_requests);
  members.number("most", churn.most);
  return members.done();
}

void write_rule(JsonWriter& json, const FaultRule& rule) {
  json.begin_object();
  json.field("name", rule.name);
  json.field("fault", fault_name(rule.kind));
  const auto text = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) json.field(name, value);
  };
  text("product", rule.product);
  text("method", rule.method);
  text("path", rule.path);
  text("user", rule.user);
  if (rule.from > 0) json.field("from", rule.from);
  if (rule.to > 0) json.field("to", rule.to);
  json.field("chance", rule.chance);
  json.field("times", rule.times);
  if (rule.most > 0) json.field("most", rule.most);
  switch (rule.kind) {
    case FaultKind::kStatus:
      json.field("status", rule.status);
      json.field("body", rule.body);
      if (rule.retry_after) json.field("retry_after", *rule.retry_after);
      break;
    case FaultKind::kHtml:
      json.field("status", rule.status);
      break;
    case FaultKind::kSlow:
      json.field("ms", rule.ms);
      break;
    case FaultKind::kPageCap:
    case FaultKind::kWindow:
      json.field("limit", rule.limit);
      break;
    case FaultKind::kLostScope:
      json.field("scope", rule.scope);
      break;
    default:
      break;
  }
  if (!rule.headers.empty()) {
    json.key("headers");
    json.begin_object();
    for (const auto& [name, value] : rule.headers) json.field(name, value);
    json.end_object();
  }
  json.end_object();
}

// One rule of a random plan; each kind in the amounts that a crawl survives.
FaultRule random_rule(Random& random, const std::vector<std::string>& scopes) {
  FaultRule rule;
  rule.chance = static_cast<unsigned>(random.between(2, 15));
  rule.times = static_cast<uint64_t>(random.between(1, 2));
  if (random.chance(40)) rule.product = random.chance(50) ? "jira" : "confluence";
  switch (random.below(14)) {
    case 0:
      rule.status = 429;
      rule.retry_after = random.chance(70) ? 1 : 0;
      // Each of them stops a polite client for a second, and what they tell of the rate holds on.
      rule.most = 4;
      rule.headers = {{"X-RateLimit-Limit", "2000"},
                      {"X-RateLimit-Remaining", "0"},
                      {"X-RateLimit-FillRate", "1000"},
                      {"X-RateLimit-Interval-Seconds", "1"}};
      break;
    case 1:
      rule.status = 429;
      rule.body = random.chance(50) ? "json" : "empty";
      break;
    case 2:
      rule.status = random.chance(50) ? 503 : 500;
      break;
    case 3:
      rule.status = random.chance(50) ? 502 : 504;
      rule.body = "html";
      break;
    case 4:
      rule.kind = FaultKind::kHtml;
      rule.status = 200;
      break;
    case 5:
      rule.kind = FaultKind::kCut;
      break;
    case 6:
      rule.kind = FaultKind::kCutSilently;
      break;
    case 7:
      rule.kind = FaultKind::kSlow;
      rule.ms = random.between(10, 120);
      rule.most = 40;
      break;
    case 8:
    case 9:
      rule.kind = FaultKind::kPageCap;
      rule.limit = 3 + random.below(40);
      rule.chance = static_cast<unsigned>(random.between(20, 100));
      rule.times = 0;
      break;
    case 10:
      rule.kind = FaultKind::kTouch;
      rule.product = "jira";
      rule.chance = 50;
      rule.times = 3;
      break;
    case 11:
      rule.kind = FaultKind::kEmptyNext;
      rule.product = "confluence";
      rule.chance = 60;
      rule.times = 0;
      break;
    case 12:
      rule.kind = random.chance(50) ? FaultKind::kAnonymous : FaultKind::kUnauthorized;
      // It is the account that scans whose credential expires; people are still who they are.
      rule.user = "scanner";
      rule.from = 20 + random.below(200);
      rule.to = rule.from + 1 + random.below(20);
      rule.chance = 100;
      rule.times = 0;
      break;
    default:
      if (scopes.empty()) {
        rule.kind = FaultKind::kCut;
        break;
      }
      rule.kind = FaultKind::kLostScope;
      rule.scope = random.pick(scopes);
      rule.from = 20 + random.below(200);
      rule.to = rule.from + 5 + random.below(40);
      rule.chance = 100;
      rule.times = 0;
  }
  rule.name = fault_name(rule.kind);
  if (rule.kind == FaultKind::kStatus) rule.name += fmt::format("_{}", rule.status);
  return rule;
}

}  // namespace

std::string_view fault_name(FaultKind kind) {
  for (const auto& [known, name] : kFaultNames) {
    if (known == kind) return name;
  }
  return "status";
}

Result<FaultPlan> parse_fault_plan(std::string_view text) {
  boost::system::error_code error;
  const auto parsed = bj::parse(bj::string_view(text.data(), text.size()), error);
  if (error || !parsed.is_object())
    return fail(Code::kInvalidArgument, "fault plan: expected a JSON object");
  Members members(parsed.get_object(), "plan");
  FaultPlan plan;
  members.number("seed", plan.seed);
  if (const auto* faults = members.array("faults")) {
    for (size_t i = 0; i < faults->size(); ++i) {
      const auto* rule = (*faults)[i].if_object();
      if (rule == nullptr) {
        members.complain("faults", "a list of objects");
        break;
      }
      SG_ASSIGN(auto read, parse_rule(*rule, i));
      plan.faults.push_back(std::move(read));
    }
  }
  if (const auto* nodes = members.object("nodes")) SG_TRY(parse_nodes(*nodes, plan.nodes));
  if (const auto* webhooks = members.object("webhooks"))
    SG_TRY(parse_webhooks(*webhooks, plan.webhooks));
  if (const auto* churn = members.object("churn")) SG_TRY(parse_churn(*churn, plan.churn));
  SG_TRY(members.done());
  return plan;
}

FaultPlan random_fault_plan(uint64_t seed, const std::vector<std::string>& scopes) {
  Random random(seed, "fault plan", 0);
  FaultPlan plan;
  plan.seed = seed;
  for (uint64_t i = 0, n = 2 + random.below(5); i < n; ++i)
    plan.faults.push_back(random_rule(random, scopes));
  plan.nodes.count = 1 + random.below(3);
  plan.nodes.sticky = random.chance(40);
  for (size_t i = 0; i < plan.nodes.count; ++i)
    plan.nodes.lag_ms.push_back(random.chance(50) ? random.between(0, 800) : 0);
  plan.webhooks = {.late = static_cast<unsigned>(random.below(30)),
                   .late_ms = random.between(50, 500),
                   .doubled = static_cast<unsigned>(random.below(20)),
                   .lost = static_cast<unsigned>(random.below(20)),
                   .shuffle = static_cast<unsigned>(random.below(30))};
  plan.churn = {
      .per_second = 0, .per_100_requests = 10 + random.below(60), .most = 50 + random.below(250)};
  return plan;
}

std::string fault_plan_json(const FaultPlan& plan) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.field("seed", plan.seed);
  json.key("faults");
  json.begin_array();
  for (const auto& rule : plan.faults) write_rule(json, rule);
  json.end_array();
  json.key("nodes");
  json.begin_object();
  json.field("count", static_cast<uint64_t>(plan.nodes.count));
  json.field("sticky", plan.nodes.sticky);
  json.key("lag_ms");
  json.begin_array();
  for (const auto lag : plan.nodes.lag_ms) json.value(lag);
  json.end_array();
  json.end_object();
  json.key("webhooks");
  json.begin_object();
  json.field("late", plan.webhooks.late);
  json.field("late_ms", plan.webhooks.late_ms);
  json.field("double", plan.webhooks.doubled);
  json.field("lost", plan.webhooks.lost);
  json.field("shuffle", plan.webhooks.shuffle);
  json.end_object();
  json.key("churn");
  json.begin_object();
  json.field("per_second", plan.churn.per_second);
  json.field("per_100_requests", plan.churn.per_100_requests);
  json.field("most", plan.churn.most);
  json.end_object();
  json.end_object();
  return out;
}

}  // namespace spillguard::sim
