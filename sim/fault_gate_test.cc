#include "sim/fault_gate.h"

#include <gtest/gtest.h>

#include "sim/test_client.h"

namespace spillguard::sim {
namespace {

namespace bj = boost::json;
using testing::make_request;
using testing::parsed;
using testing::text;
using testing::World;

const World& gate_world() {
  static const World world = testing::small_world();
  return world;
}

FaultPlan plan_of(const std::string& faults) {
  auto plan = parse_fault_plan(R"({"seed":3,"faults":[)" + faults + "]}");
  EXPECT_TRUE(plan) << plan.error().message;
  return *plan;
}

class Collected final : public http::BodyWriter {
 public:
  Status write(std::string_view data) override {
    text += data;
    return {};
  }
  std::string text;
};

struct Gated {
  explicit Gated(const std::string& faults, Product product = Product::kJira)
      : gate(product, {.answer =
                           [product](const http::Request& request) {
                             return product == Product::kJira ? gate_world().jira->handle(request)
                                                              : gate_world().wiki->handle(request);
                           },
                       .touch = [this] { ++touched; },
                       .after = [](uint64_t) {}}) {
    gate.set_plan(plan_of(faults));
  }
  http::Response get(const std::string& target, std::string_view user = "scanner") {
    return gate.serve(make_request("GET", target, user));
  }
  int touched = 0;
  FaultGate gate;
};

const std::string kMyself = "/jira/rest/api/2/myself";

TEST(FaultGates, ARequestIsHitSoManyTimes) {
  Gated gated(R"({"fault":"status","status":429,"retry_after":3,"times":2})");
  for (int i = 0; i < 2; ++i) {
    const auto answer = gated.get(kMyself);
    EXPECT_EQ(answer.status, 429);
    EXPECT_EQ(answer.headers.get("Retry-After"), "3");
  }
  EXPECT_EQ(gated.get(kMyself).status, 200);
  EXPECT_EQ(gated.get("/jira/rest/api/2/serverInfo").status, 429);
  EXPECT_EQ(gated.gate.counts().faults.at("status"), 3U);
  EXPECT_EQ(gated.gate.counts().requests, 4U);
}

TEST(FaultGates, ChanceHangsOnTheRequestAndNotOnTheOrder) {
  const std::string faults = R"({"fault":"status","status":503,"chance":50,"times":0})";
  std::vector<int> forward;
  std::vector<int> backward(40);
  Gated one(faults);
  Gated two(faults);
  const auto path = [](int i) { return fmt::format("/jira/rest/api/2/issue/{}", 1'000'000 + i); };
  for (int i = 0; i < 40; ++i) forward.push_back(one.get(path(i)).status);
  for (int i = 39; i >= 0; --i) backward[static_cast<size_t>(i)] = two.get(path(i)).status;
  EXPECT_EQ(forward, backward);
  const auto hit = std::count(forward.begin(), forward.end(), 503);
  EXPECT_GT(hit, 8);
  EXPECT_LT(hit, 32);
}

TEST(FaultGates, WindowsOfRequestNumbers) {
  Gated gated(R"({"fault":"unauthorized","from":1,"to":3,"times":0})");
  std::vector<int> statuses;
  for (int i = 0; i < 4; ++i) statuses.push_back(gated.get(kMyself).status);
  EXPECT_EQ(statuses, (std::vector<int>{200, 401, 401, 200}));
}

TEST(FaultGates, OnlySoManyAltogetherAndOfOneUserOnly) {
  Gated gated(R"({"fault":"unauthorized","user":"scanner","times":0,"most":2})");
  EXPECT_EQ(gated.get(kMyself, "admin").status, 200);
  EXPECT_EQ(gated.get(kMyself).status, 401);
  EXPECT_EQ(gated.get("/jira/rest/api/2/project").status, 401);
  EXPECT_EQ(gated.get(kMyself).status, 200);
  EXPECT_EQ(gated.gate.counts().faults.at("unauthorized"), 2U);
}

TEST(FaultGates, AnonymousIsAStrangersView) {
  Gated gated(R"({"fault":"anonymous","times":1})");
  const auto answer = gated.get("/jira/rest/api/2/project");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "[]");
  EXPECT_EQ(answer.headers.get("X-AUSERNAME"), "anonymous");
  EXPECT_EQ(answer.headers.get("X-Seraph-LoginReason"), "AUTHENTICATED_FAILED");
  EXPECT_GT(parsed(gated.get("/jira/rest/api/2/project")).as_array().size(), 1U);
}

TEST(FaultGates, ALostScopeIsInvisible) {
  Gated gated(R"({"fault":"lost_scope","scope":"OPS","times":0})");
  EXPECT_EQ(gated.get("/jira/rest/api/2/project/OPS").status, 404);
  EXPECT_EQ(gated.get("/jira/rest/api/2/project/WEB").status, 200);
  EXPECT_EQ(gated.get("/jira/rest/api/2/issue/OPS-1").status, 404);
  EXPECT_EQ(gated.get("/jira/rest/api/2/search?jql=project%3DOPS").status, 400);
  Gated wiki(R"({"fault":"lost_scope","scope":"ENG","times":0})", Product::kConfluence);
  EXPECT_EQ(wiki.get("/confluence/rest/api/space/ENG").status, 404);
  EXPECT_EQ(parsed(wiki.get("/confluence/rest/api/content/scan?spaceKey=ENG")).at("size"), 0);
}

TEST(FaultGates, PageCapsAreEchoed) {
  Gated gated(R"({"fault":"page_cap","limit":7,"times":0})");
  auto page = parsed(gated.get("/jira/rest/api/2/search?maxResults=100"));
  EXPECT_EQ(page.at("maxResults"), 7);
  EXPECT_EQ(page.at("issues").as_array().size(), 7U);
  auto request = make_request("POST", "/jira/rest/api/2/search", "scanner");
  request.headers.add("Content-Type", "application/json");
  request.body = R"({"jql":"","maxResults":100})";
  EXPECT_EQ(parsed(gated.gate.serve(request)).at("maxResults"), 7);
  Gated wiki(R"({"fault":"page_cap","limit":4,"times":0})", Product::kConfluence);
  const auto list = parsed(wiki.get("/confluence/rest/api/content/scan?limit=50"));
  EXPECT_EQ(list.at("limit"), 4);
  EXPECT_EQ(list.at("size"), 4);
}

TEST(FaultGates, DeepPagesAreRefused) {
  Gated gated(R"({"fault":"window","limit":100,"times":0})");
  EXPECT_EQ(gated.get("/jira/rest/api/2/search?startAt=50&maxResults=50").status, 200);
  const auto refused = gated.get("/jira/rest/api/2/search?startAt=51&maxResults=50");
  EXPECT_EQ(refused.status, 500);
  EXPECT_NE(refused.body.find("Search limit exceeded"), std::string::npos);
}

TEST(FaultGates, BodiesAreCutAndSlow) {
  Gated whole("");
  const auto body = whole.get(kMyself).body;
  Gated cut(R"({"fault":"cut"})");
  Collected half;
  EXPECT_FALSE(cut.get(kMyself).stream(half));
  EXPECT_EQ(half.text, body.substr(0, body.size() / 2));
  Gated silently(R"({"fault":"cut_silently"})");
  EXPECT_EQ(silently.get(kMyself).body, body.substr(0, body.size() / 2));
  Gated slow(R"({"fault":"slow","ms":8})");
  Collected all;
  EXPECT_TRUE(slow.get(kMyself).stream(all));
  EXPECT_EQ(all.text, body);
  Gated html(R"({"fault":"html"})");
  const auto page = html.get(kMyself);
  EXPECT_EQ(page.status, 200);
  EXPECT_TRUE(page.headers.get("Content-Type")->starts_with("text/html"));
}

TEST(FaultGates, NextIsThereAlthoughNothingFollows) {
  Gated gated(R"({"fault":"empty_next","times":0})", Product::kConfluence);
  const auto list = parsed(gated.get("/confluence/rest/api/space?limit=50"));
  EXPECT_TRUE(list.at("_links").as_object().contains("next"));
  const auto beyond = parsed(gated.get("/confluence/rest/api/space?limit=50&start=3"));
  EXPECT_EQ(beyond.at("size"), 0);
  EXPECT_FALSE(beyond.at("_links").as_object().contains("next"));
}

TEST(FaultGates, TouchGoesWithTheAnswer) {
  Gated gated(R"({"fault":"touch","times":0})");
  EXPECT_EQ(gated.get("/jira/rest/api/2/search?startAt=10").status, 200);
  EXPECT_EQ(gated.get(kMyself).status, 200);
  EXPECT_EQ(gated.touched, 1);
}

TEST(FaultGates, NodesTakeTurnsOrStick) {
  Gated gated("");
  auto plan = plan_of("");
  plan.nodes = {.count = 3};
  gated.gate.set_plan(plan);
  for (const auto* node : {"node1", "node2", "node3", "node1"})
    EXPECT_EQ(gated.get(kMyself).headers.get("X-ANODEID"), node);
  plan.nodes.sticky = true;
  gated.gate.set_plan(plan);
  gated.get(kMyself);
  const auto first = gated.get(kMyself);
  EXPECT_EQ(first.headers.get("X-ANODEID"), "node2");
  const std::string cookie(*first.headers.get("Set-Cookie"));
  for (int i = 0; i < 3; ++i) {
    auto request = make_request("GET", kMyself, "scanner");
    request.headers.add("Cookie", cookie.substr(0, cookie.find(';')));
    EXPECT_EQ(gated.gate.serve(request).headers.get("X-ANODEID"), "node2");
  }
}

}  // namespace
}  // namespace spillguard::sim
