#include "http/router.h"

#include <gtest/gtest.h>

#include "http/target.h"

namespace spillguard::http {
namespace {

Request make_request(std::string method, std::string_view raw) {
  Request request;
  request.method = std::move(method);
  auto target = parse_target(raw);
  EXPECT_TRUE(target.has_value()) << raw;
  request.path = target->path;
  request.segments = target->segments;
  request.query = target->query;
  return request;
}

Handler say(std::string word) {
  return [word = std::move(word)](const Request& request) {
    std::string text = word;
    for (const auto& [name, value] : request.params) text += " " + name + "=" + value;
    return Response::text(200, std::move(text));
  };
}

class RouterTest : public testing::Test {
 protected:
  void SetUp() override {
    router_.add("GET", "/", say("root"));
    router_.add("GET", "/project/{key}", say("project"));
    router_.add("PUT", "/project/{key}", say("put"));
    router_.add("GET", "/project/all", say("all"));
    router_.add("GET", "/project/{key}/review/{id}", say("review"));
    router_.add("POST", "/project/all/review/{id}", say("all-review"));
    router_.add("DELETE", "/project/{name}/review/last", say("delete-last"));
  }
  std::string body(std::string method, std::string_view raw) {
    return router_.handle(make_request(std::move(method), raw)).body;
  }
  Router router_;
};

TEST_F(RouterTest, LiteralsWinOverParameters) {
  EXPECT_EQ(body("GET", "/"), "root");
  EXPECT_EQ(body("GET", "/project/all"), "all");
  EXPECT_EQ(body("GET", "/project/FOO"), "project key=FOO");
  EXPECT_EQ(body("GET", "/project/FOO/"), "project key=FOO");
  EXPECT_EQ(body("GET", "/project/a%20b/review/7"), "review key=a b id=7");
}

TEST_F(RouterTest, GoesBackWhereALiteralLeadsNowhere) {
  EXPECT_EQ(body("GET", "/project/all/review/7"), "review key=all id=7");
  EXPECT_EQ(body("POST", "/project/all/review/7"), "all-review id=7");
  EXPECT_EQ(body("PUT", "/project/all"), "put key=all");
  EXPECT_EQ(body("GET", "/project/A/review/last"), "review key=A id=last");
  EXPECT_EQ(body("DELETE", "/project/A/review/last"), "delete-last name=A");
}

TEST_F(RouterTest, HeadIsServedByGet) {
  EXPECT_EQ(body("HEAD", "/project/FOO"), "project key=FOO");
}

TEST_F(RouterTest, UnknownPathsAre404) {
  const Response response = router_.handle(make_request("GET", "/nothing"));
  EXPECT_EQ(response.status, 404);
  EXPECT_FALSE(response.headers.has("Allow"));
  EXPECT_EQ(router_.handle(make_request("GET", "/project")).status, 404);
  EXPECT_EQ(router_.handle(make_request("GET", "/Project/FOO")).status, 404);
  EXPECT_EQ(router_.handle(make_request("GET", "/project/FOO/review/1/2")).status, 404);
}

TEST_F(RouterTest, OtherMethodsAre405AndAllowIsWhole) {
  const Response response = router_.handle(make_request("PATCH", "/project/all"));
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.headers.get("Allow"), "GET, HEAD, PUT");
  EXPECT_EQ(router_.handle(make_request("GET", "/project/all/review/x/")).status, 200);
}

TEST_F(RouterTest, ErrorsCanBeReplaced) {
  router_.set_error_handler([](const Request& request, int status) {
    return Response::text(status, "mine " + request.path);
  });
  const Response missing = router_.handle(make_request("GET", "/x"));
  EXPECT_EQ(missing.body, "mine /x");
  const Response refused = router_.handle(make_request("DELETE", "/"));
  EXPECT_EQ(refused.status, 405);
  EXPECT_EQ(refused.headers.get("allow"), "GET, HEAD");
}

TEST(RouterDeathTest, TheSameRouteTwiceIsAProgrammersError) {
  Router router;
  router.add("GET", "/a/{x}", say("1"));
  EXPECT_DEATH(router.add("GET", "/a/{y}/", say("2")), "check failed");
}

}  // namespace
}  // namespace spillguard::http
