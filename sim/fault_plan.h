// What goes wrong, as data: read from JSON or made from a number, and written back as JSON. The
// format is in docs/simulator.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace spillguard::sim {

enum class FaultKind {
  kStatus,
  kHtml,
  kCut,
  kCutSilently,
  kSlow,
  kPageCap,
  kWindow,
  kUnauthorized,
  kAnonymous,
  kLostScope,
  kEmptyNext,
  kTouch,
};

// "cut_silently" and so on, as the plan writes it.
std::string_view fault_name(FaultKind kind);

struct FaultRule {
  std::string name;
  FaultKind kind = FaultKind::kStatus;
  // Which requests. Empty texts fit all.
  std::string product;
  std::string method;
  std::string path;
  std::string user;
  uint64_t from = 0;
  uint64_t to = 0;  // 0 = no end
  unsigned chance = 100;
  uint64_t times = 2;  // of the same request; 0 = always
  uint64_t most = 0;   // altogether; 0 = no end
  // What is done to them.
  int status = 503;
  std::optional<int64_t> retry_after = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = "json";
  uint64_t limit = 10;
  int64_t ms = 200;
  std::string scope = {};
};

struct NodesPlan {
  size_t count = 1;
  bool sticky = false;
  std::vector<int64_t> lag_ms = {};  // of the node's search index; what is missing is 0
};

// Percent of the deliveries.
struct WebhookPlan {
  unsigned late = 0;
  int64_t late_ms = 500;
  unsigned doubled = 0;
  unsigned lost = 0;
  unsigned shuffle = 0;  // goes behind the next one
};

struct ChurnPlan {
  uint64_t per_second = 0;
  uint64_t per_100_requests = 0;
  uint64_t most = 0;  // changes altogether; 0 = no end
};

struct FaultPlan {
  uint64_t seed = 1;
  std::vector<FaultRule> faults;
  NodesPlan nodes;
  WebhookPlan webhooks;
  ChurnPlan churn;
};

// kInvalidArgument names the member that is not understood.
Result<FaultPlan> parse_fault_plan(std::string_view json);
// A plan with several kinds of faults, nodes, webhooks and churn, all decided by the seed. Whatever
// it does to a request, the same request succeeds when it is repeated a few times.
FaultPlan random_fault_plan(uint64_t seed, const std::vector<std::string>& scopes);
std::string fault_plan_json(const FaultPlan& plan);

}  // namespace spillguard::sim
