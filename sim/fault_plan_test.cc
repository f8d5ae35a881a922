#include "sim/fault_plan.h"

#include <gtest/gtest.h>

namespace spillguard::sim {
namespace {

TEST(FaultPlanText, IsReadAndWrittenBack) {
  const auto plan = parse_fault_plan(R"({"seed":7,"faults":[
      {"name":"busy","fault":"status","status":429,"retry_after":1,"chance":10,"times":3,
       "headers":{"X-A":"b"}},
      {"fault":"anonymous","product":"jira","from":200,"to":230},
      {"fault":"lost_scope","scope":"OPS"},{"fault":"page_cap","limit":17},{"fault":"slow","ms":5}],
      "nodes":{"count":2,"sticky":true,"lag_ms":[0,1500]},
      "webhooks":{"late":20,"late_ms":400,"double":10,"lost":10,"shuffle":20},
      "churn":{"per_100_requests":25,"most":300}})");
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_EQ(plan->faults[0].name, "busy");
  EXPECT_EQ(plan->faults[1].name, "anonymous");
  EXPECT_EQ(plan->faults[0].retry_after, 1);
  EXPECT_EQ(plan->nodes.lag_ms, (std::vector<int64_t>{0, 1500}));
  const auto text = fault_plan_json(*plan);
  const auto again = parse_fault_plan(text);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(fault_plan_json(*again), text);
}

TEST(FaultPlanText, MistakesAreNamed) {
  for (const auto& [text, word] : {std::pair{"[]", "object"},
                                   {R"({"fault":[]})", "\"fault\""},
                                   {R"({"faults":[{"fault":"nonsense"}]})", "faults[0].fault"},
                                   {R"({"faults":[{"fault":"cut","chanse":3}]})", "\"chanse\""},
                                   {R"({"faults":[{"fault":"lost_scope"}]})", "scope"},
                                   {R"({"faults":[{"fault":"page_cap","limit":0}]})", "limit"},
                                   {R"({"nodes":{"count":0}})", "count"},
                                   {R"({"seed":-1})", "seed"}}) {
    const auto plan = parse_fault_plan(text);
    ASSERT_FALSE(plan) << text;
    EXPECT_NE(plan.error().message.find(word), std::string::npos) << plan.error().message;
  }
}

TEST(FaultPlanText, ANumberMakesAPlanThatCanBeRead) {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    const auto plan = random_fault_plan(seed, {"WEB", "~rita"});
    const auto text = fault_plan_json(plan);
    EXPECT_EQ(text, fault_plan_json(random_fault_plan(seed, {"WEB", "~rita"})));
    const auto again = parse_fault_plan(text);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(fault_plan_json(*again), text);
    for (const auto& rule : plan.faults) {
      // Nothing may stand in the way for ever.
      const bool harmless = rule.kind == FaultKind::kPageCap || rule.kind == FaultKind::kEmptyNext;
      EXPECT_TRUE(harmless || rule.times > 0 || rule.to > rule.from) << text;
    }
  }
}

}  // namespace
}  // namespace spillguard::sim
