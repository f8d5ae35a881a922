// Stands before one product's API: decides by the plan what goes wrong with a request, which node
// it reaches, and counts. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "http/message.h"
#include "http/server.h"
#include "sim/auth.h"
#include "sim/fault_plan.h"

namespace spillguard::sim {

// What the gate tells the API about a request, as headers that no client sends.
inline constexpr std::string_view kNodeHeader = "X-Sim-Node";
inline constexpr std::string_view kLagHeader = "X-Sim-Lag";
inline constexpr std::string_view kLostHeader = "X-Sim-Lost";
inline constexpr std::string_view kEmptyNextHeader = "X-Sim-Empty-Next";

struct GateHooks {
  http::Handler answer;                         // the API
  std::function<void()> touch;                  // edits an issue
  std::function<void(uint64_t request)> after;  // told the number of each request
};

struct GateCounts {
  uint64_t requests = 0;
  uint64_t bytes = 0;
  std::map<std::string, uint64_t> faults;  // by the rule's name
};

class FaultGate {
 public:
  FaultGate(Product product, GateHooks hooks);

  // Request numbers start again.
  void set_plan(const FaultPlan& plan);
  [[nodiscard]] http::Response serve(const http::Request& request);
  [[nodiscard]] GateCounts counts() const;
  void reset_counts();

 private:
  // A plan in force, with what it did so far.
  struct Course {
    FaultPlan plan;
    std::atomic<uint64_t> requests{0};
    std::mutex mutex;
    std::unordered_map<uint64_t, uint64_t> seen;              // how often a request came
    std::vector<std::unordered_map<uint64_t, uint64_t>> hit;  // by rule, how often it was hit
    std::vector<uint64_t> done;                               // by rule, altogether
  };

  [[nodiscard]] std::vector<const FaultRule*> choose(Course& course, const http::Request& request,
                                                     uint64_t number) const;
  [[nodiscard]] http::Response disturbed(const http::Request& request, const FaultRule& rule);
  void choose_node(const NodesPlan& nodes, uint64_t number, http::Request& request,
                   std::string& cookie) const;
  [[nodiscard]] http::Response refusal(const FaultRule& rule) const;
  [[nodiscard]] bool beyond(const http::Request& request, uint64_t window) const;
  void cap_page(http::Request& request, uint64_t limit) const;
  void count_fault(const std::string& name);

  Product product_;
  GateHooks hooks_;
  mutable std::mutex mutex_;
  std::shared_ptr<Course> course_;
  GateCounts counts_;
};

}  // namespace spillguard::sim
