// The calls under /_sim: what tests ask the simulator itself. See docs/simulator.md.
#pragma once

#include <mutex>
#include <string>

#include "http/message.h"
#include "http/router.h"
#include "sim/churn.h"
#include "sim/churn_driver.h"
#include "sim/fault_gate.h"
#include "sim/fault_plan.h"
#include "sim/webhooks.h"

namespace spillguard::sim {

inline constexpr std::string_view kControlPath = "/_sim/";

// What a control works on; all of it outlives it.
struct ControlTargets {
  JiraSite& jira;
  WikiSite& wiki;
  Auth& jira_auth;
  Auth& wiki_auth;
  FaultGate& jira_gate;
  FaultGate& wiki_gate;
  Churn& churn;
  ChurnDriver& driver;
  Webhooks& webhooks;
};

class Control {
 public:
  explicit Control(ControlTargets targets);

  [[nodiscard]] http::Response handle(const http::Request& request) const {
    return router_.handle(request);
  }
  // Puts the plan in force.
  void set_plan(const FaultPlan& plan);
  // Ends churn and faults and delivers what is under way.
  void settle();

 private:
  http::Response stats();
  http::Response plan();
  http::Response put_plan(const http::Request& request);
  http::Response churn(const http::Request& request);
  http::Response journal();

  ControlTargets targets_;
  http::Router router_;
  std::mutex mutex_;
  FaultPlan plan_;
};

}  // namespace spillguard::sim
