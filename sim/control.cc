#include "sim/control.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/json_writer.h"
#include "sim/errors.h"
#include "sim/truth.h"

namespace spillguard::sim {
namespace {

namespace bj = boost::json;

void write_change(JsonWriter& json, const ChangeDone& change) {
  json.begin_object();
  json.field("number", change.number);
  json.field("when", change.when);
  json.field("product", change.product);
  json.field("kind", change.kind);
  json.field("scope", change.scope);
  json.field("item", change.item);
  json.field("key", change.key);
  json.field("content", change.content);
  json.field("version", change.version);
  if (!change.before.empty()) json.field("before", change.before);
  json.end_object();
}

std::string changes_json(const std::vector<ChangeDone>& changes) {
  std::string out;
  JsonWriter json(out);
  json.begin_array();
  for (const auto& change : changes) write_change(json, change);
  json.end_array();
  return out;
}

void write_counts(JsonWriter& json, const std::map<std::string, uint64_t>& counts) {
  json.begin_object();
  for (const auto& [name, number] : counts) json.field(name, number);
  json.end_object();
}

void write_product(JsonWriter& json, const FaultGate& gate, Auth& auth) {
  const auto passed = gate.counts();
  const auto known = auth.counts();
  json.begin_object();
  json.field("requests", passed.requests);
  json.field("bytes", passed.bytes);
  json.field("refused", known.refused);
  json.key("endpoints");
  write_counts(json, known.routes);
  json.key("faults");
  write_counts(json, passed.faults);
  json.end_object();
}

uint64_t number_of(const bj::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_int64() && value->get_int64() > 0
             ? static_cast<uint64_t>(value->get_int64())
             : 0;
}

std::string word_of(const bj::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

}  // namespace

Control::Control(ControlTargets targets) : targets_(targets) {
  const auto add = [this](std::string_view method, const std::string& name, auto handler) {
    router_.add(method, std::string(kControlPath) + name, handler);
  };
  add("GET", "truth", [this](const http::Request& /*request*/) {
    return http::Response::json(200, truth_json(targets_.jira, targets_.wiki, targets_.churn));
  });
  add("GET", "plants", [this](const http::Request& /*request*/) {
    return http::Response::text(200, plants_text(targets_.jira, targets_.wiki, targets_.churn),
                                "application/x-ndjson");
  });
  add("GET", "stats", [this](const http::Request& /*request*/) { return stats(); });
  add("POST", "stats", [this](const http::Request& /*request*/) {
    targets_.jira_auth.reset_counts();
    targets_.wiki_auth.reset_counts();
    targets_.jira_gate.reset_counts();
    targets_.wiki_gate.reset_counts();
    return stats();
  });
  add("GET", "plan", [this](const http::Request& /*request*/) { return plan(); });
  add("PUT", "plan", [this](const http::Request& request) { return put_plan(request); });
  add("POST", "churn", [this](const http::Request& request) { return churn(request); });
  add("GET", "journal", [this](const http::Request& /*request*/) { return journal(); });
  add("POST", "settle", [this](const http::Request& /*request*/) {
    settle();
    return http::Response::json(200, fmt::format(R"({{"changes":{}}})", targets_.churn.made()));
  });
  router_.set_error_handler([](const http::Request& request, int status) {
    return jira_rest_error(status, "no control call " + request.method + " " + request.path);
  });
}

void Control::set_plan(const FaultPlan& plan) {
  {
    const std::lock_guard lock(mutex_);
    plan_ = plan;
  }
  targets_.jira_gate.set_plan(plan);
  targets_.wiki_gate.set_plan(plan);
  targets_.webhooks.set_plan(plan.webhooks, plan.seed);
  targets_.churn.restart(plan.seed);
  targets_.driver.start(plan.churn);
}

void Control::settle() {
  targets_.driver.stop();
  targets_.jira_gate.set_plan({});
  targets_.wiki_gate.set_plan({});
  targets_.webhooks.deliver_all();
}

http::Response Control::stats() {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("jira");
  write_product(json, targets_.jira_gate, targets_.jira_auth);
  json.key("confluence");
  write_product(json, targets_.wiki_gate, targets_.wiki_auth);
  const auto hooks = targets_.webhooks.counts();
  json.key("webhooks");
  json.begin_object();
  json.field("registered", hooks.registered);
  json.field("sent", hooks.sent);
  json.field("failed", hooks.failed);
  json.field("lost", hooks.lost);
  json.field("doubled", hooks.doubled);
  json.field("late", hooks.late);
  json.end_object();
  json.field("changes", targets_.churn.made());
  json.end_object();
  return http::Response::json(200, std::move(out));
}

http::Response Control::plan() {
  const std::lock_guard lock(mutex_);
  return http::Response::json(200, fault_plan_json(plan_));
}

http::Response Control::put_plan(const http::Request& request) {
  const auto read = parse_fault_plan(request.body);
  if (!read) return jira_rest_error(400, read.error().message);
  set_plan(*read);
  return plan();
}

http::Response Control::churn(const http::Request& request) {
  boost::system::error_code error;
  const auto parsed = bj::parse(request.body, error);
  const auto* asked = parsed.if_object();
  if (error || asked == nullptr) return jira_rest_error(400, "expected a JSON object");
  if (asked->contains("per_second")) {
    targets_.driver.start({.per_second = number_of(*asked, "per_second"),
                           .per_100_requests = number_of(*asked, "per_100_requests"),
                           .most = number_of(*asked, "most")});
  }
  const auto made = targets_.churn.run(number_of(*asked, "operations"), word_of(*asked, "product"),
                                       word_of(*asked, "kind"));
  return http::Response::json(200, changes_json(made));
}

http::Response Control::journal() {
  return http::Response::json(200, changes_json(targets_.churn.journal()));
}

}  // namespace spillguard::sim
