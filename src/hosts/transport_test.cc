#include "hosts/transport.h"

#include <gtest/gtest.h>

#include <atomic>

#include "hosts/http_errors.h"
#include "hosts/test_host.h"

namespace spillguard::hosts {
namespace {

using test::json_response;
using test::StubHost;

Question myself() { return {.path = {"rest", "api", "2", "myself"}}; }

TEST(TransportTest, BuildsTheUrlUnderTheBaseAndSendsOurHeaders) {
  StubHost stub([](const http::Request&) { return json_response("{}"); });
  Transport transport(stub.options(Product::kJira));
  ASSERT_TRUE(transport.ask({.path = {"rest", "api", "space", "~ann@example.org"},
                             .query = {{"expand", "a,b"}, {"location", "in line"}}}));
  const auto request = stub.requests().at(0);
  EXPECT_EQ(request.raw_target,
            "/context/rest/api/space/%7Eann%40example.org?expand=a%2Cb&location=in%20line");
  EXPECT_EQ(request.headers.get("Authorization"), "Bearer stub-token");
  EXPECT_EQ(request.headers.get("Accept"), "application/json");
  EXPECT_EQ(request.headers.get("X-Atlassian-Token"), "no-check");
  EXPECT_TRUE(request.headers.get("User-Agent")->starts_with("Spillguard/"));
}

TEST(TransportTest, BasicCredential) {
  StubHost stub([](const http::Request&) { return json_response("{}"); });
  HostOptions options = stub.options(Product::kJira);
  options.credential = {.user = "ann", .password = Secret("b:c"), .token = {}};
  Transport transport(options);
  ASSERT_TRUE(transport.ask(myself()));
  EXPECT_EQ(stub.requests().at(0).headers.get("Authorization"), "Basic YW5uOmI6Yw==");
}

TEST(TransportTest, AsksAgainWhatMayBeAskedAgain) {
  std::atomic<int> asked = 0;
  StubHost stub([&](const http::Request&) {
    switch (asked++) {
      case 0:
        return http::Response::text(503, "<html><title>Starting</title></html>", "text/html");
      case 1:
        return http::Response::json(429, "{}");
      case 2:
        return http::Response::json(200, R"({"cut":)");
      default:
        return json_response(R"({"ok":7})");
    }
  });
  Transport transport(stub.options(Product::kJira));
  const auto answer = transport.ask(myself());
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->json["ok"].integer(), 7);
  EXPECT_EQ(asked, 4);
  EXPECT_EQ(transport.counters().requests, 4);
  EXPECT_EQ(transport.counters().retries, 3);
}

TEST(TransportTest, ABadGatewayIsNoMatterOfSize) {
  // Who can ask for less gives up early on a 500, and not on what would end the whole reading.
  for (const auto& [status, asked] : {std::pair(500, 2U), {502, 4U}, {503, 4U}}) {
    StubHost stub([code = status](const http::Request&) {
      return http::Response::text(code, "<html>proxy</html>", "text/html");
    });
    Transport transport(stub.options(Product::kJira));
    Question question = myself();
    question.attempts = 2;
    EXPECT_FALSE(transport.ask(question));
    EXPECT_EQ(stub.requests().size(), asked) << status;
  }
}

TEST(TransportTest, GivesUpAfterItsAttemptsWithTheHostsWords) {
  StubHost stub([](const http::Request&) {
    return http::Response::json(500,
                                R"({"errorMessages":["Search limit\n exceeded"],"errors":{}})");
  });
  Transport transport(stub.options(Product::kJira));
  Failure failure;
  Question question = myself();
  question.failure = &failure;
  const auto answer = transport.ask(question);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::kUnavailable);
  EXPECT_EQ(answer.error().message, "GET /rest/api/2/myself: HTTP 500: Search limit exceeded");
  EXPECT_EQ(failure.status, 500);
  EXPECT_TRUE(failure.smaller);
  EXPECT_EQ(failure.reason(answer.error()), "http_500");
  EXPECT_EQ(stub.requests().size(), 4U);
}

TEST(TransportTest, WhatIsWrongIsNotAskedAgain) {
  StubHost stub([](const http::Request&) { return test::not_found(); });
  Transport transport(stub.options(Product::kJira));
  const auto answer = transport.ask(myself());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::kNotFound);
  EXPECT_EQ(stub.requests().size(), 1U);
}

TEST(TransportTest, AnotherNameThanOursEndsTheRun) {
  std::string name = "scanner%40example.org";
  StubHost stub([&](const http::Request&) {
    auto response = json_response("{}");
    response.headers.add("X-AUSERNAME", name);
    return response;
  });
  Transport transport(stub.options(Product::kJira));
  transport.expect_identity("scanner@example.org");
  EXPECT_TRUE(transport.ask(myself()));
  for (const char* other : {"anonymous", "ann"}) {
    name = other;
    const auto answer = transport.ask(myself());
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Code::kUnauthenticated);
    EXPECT_NE(answer.error().message.find("identity changed"), std::string::npos);
  }
  EXPECT_EQ(stub.requests().size(), 3U);
}

TEST(TransportTest, ARefusedLoginBehindA200IsARefusedLogin) {
  StubHost stub([](const http::Request&) {
    auto response = json_response(R"({"issues":[],"total":0})");
    response.headers.add("X-Seraph-LoginReason", "AUTHENTICATED_FAILED");
    response.headers.add("X-AUSERNAME", "anonymous");
    return response;
  });
  Transport transport(stub.options(Product::kJira));
  const auto answer = transport.ask(myself());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::kUnauthenticated);
}

TEST(TransportTest, PagesForPeopleAreNoJson) {
  std::string page = "<html><form action='/login.jsp'><input name=os_username></form></html>";
  StubHost stub([&](const http::Request&) { return http::Response::text(200, page, "text/html"); });
  Transport transport(stub.options(Product::kJira));
  EXPECT_EQ(transport.ask(myself()).error().code, Code::kUnauthenticated);
  EXPECT_EQ(stub.requests().size(), 1U);
  page = "<html><title>Be right back</title></html>";
  const auto answer = transport.ask(myself());
  EXPECT_EQ(answer.error().code, Code::kUnavailable);
  EXPECT_NE(answer.error().message.find("Be right back"), std::string::npos);
}

TEST(TransportTest, WaitsAreEndedByTheStopFlag) {
  StopFlag stop;
  StubHost stub([&](const http::Request&) {
    auto response = http::Response::json(429, "{}");
    response.headers.add("Retry-After", "300");
    stop.stop();
    return response;
  });
  HostOptions options = stub.options(Product::kJira);
  options.stop = &stop;
  options.retry.max_total_ms = 1'000'000;
  Transport transport(options);
  EXPECT_EQ(transport.ask(myself()).error().code, Code::kCancelled);
  EXPECT_EQ(stub.requests().size(), 1U);
}

TEST(TransportTest, ALongRetryAfterIsNotWaitedForBeyondTheTotal) {
  StubHost stub([](const http::Request&) {
    auto response = http::Response::json(429, R"({"message":"Rate limit exceeded."})");
    response.headers.add("Retry-After", "300");
    return response;
  });
  Transport transport(stub.options(Product::kJira));
  const auto answer = transport.ask(myself());
  EXPECT_EQ(answer.error().code, Code::kRateLimited);
  EXPECT_EQ(stub.requests().size(), 1U);
}

TEST(TransportTest, CallersQuestionsCarryTheirCredentialAlone) {
  StubHost stub([](const http::Request&) { return json_response(R"({"name":"ann"})"); }, "ann");
  Transport transport(stub.options(Product::kJira));
  transport.expect_identity("scanner");
  const CallerCredential caller{
      .authorization = {},
      .cookies = Secret("JSESSIONID=1; other=2; seraph.rememberme.cookie=3; xJSESSIONID=4")};
  const auto answer = transport.ask_as(caller, myself());
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->user, "ann");
  const auto request = stub.requests().at(0);
  EXPECT_FALSE(request.headers.has("Authorization"));
  EXPECT_EQ(request.headers.get("Cookie"), "JSESSIONID=1; seraph.rememberme.cookie=3");
}

TEST(TransportTest, CallersAreAskedForOnceAndNeverAllowedByAccident) {
  int status = 401;
  StubHost stub([&](const http::Request&) {
    auto response = http::Response::json(status, "{}");
    if (status == 302) response.headers.add("Location", "/login.jsp");
    return response;
  });
  Transport transport(stub.options(Product::kJira));
  const CallerCredential caller{.authorization = Secret("Bearer x"), .cookies = {}};
  EXPECT_EQ(transport.ask_as(caller, myself()).error().code, Code::kUnauthenticated);
  status = 302;
  EXPECT_EQ(transport.ask_as(caller, myself()).error().code, Code::kUnauthenticated);
  status = 503;
  EXPECT_EQ(transport.ask_as(caller, myself()).error().code, Code::kUnavailable);
  status = 403;
  EXPECT_EQ(transport.ask_as(caller, myself()).value().status, 403);
  EXPECT_EQ(stub.requests().size(), 4U);
  EXPECT_EQ(transport.ask_as({}, myself()).error().code, Code::kUnauthenticated);
  EXPECT_EQ(stub.requests().size(), 4U);
}

TEST(HttpErrorsTest, TheHostsWordsOfEveryKindOfBody) {
  EXPECT_EQ(host_words(R"({"errorMessages":["One","Two"],"errors":{"jql":"bad"}})"),
            "One; Two; jql: bad");
  EXPECT_EQ(host_words(R"({"message":"Client must be authenticated","status-code":401})"),
            "Client must be authenticated");
  EXPECT_EQ(host_words(R"({"statusCode":403,"data":{"errors":[]},"reason":"Forbidden"})"),
            "Forbidden");
  EXPECT_EQ(host_words("<html><head><title> 502\nBad Gateway </title></head></html>"),
            "502 Bad Gateway");
  EXPECT_EQ(host_words(""), "");
  EXPECT_LE(host_words(std::string(5000, 'x')).size(), 300U);
}

TEST(HttpErrorsTest, DeniedLoginsSayWhatToDo) {
  http::ClientResponse response;
  response.status = 403;
  response.headers.add("X-Authentication-Denied-Reason", "CAPTCHA_CHALLENGE; login-url=/login.jsp");
  Error error = http_error(response, "GET /x");
  EXPECT_EQ(error.code, Code::kUnauthenticated);
  EXPECT_NE(error.message.find("CAPTCHA"), std::string::npos);
  response = {};
  response.status = 403;
  response.body = "Basic Authentication has been disabled on this instance";
  EXPECT_EQ(http_error(response, "GET /x").code, Code::kUnauthenticated);
  response = {};
  response.status = 403;
  EXPECT_EQ(http_error(response, "GET /x").code, Code::kPermissionDenied);
  response.headers.add("Retry-After", "5");
  EXPECT_EQ(http_error(response, "GET /x").code, Code::kRateLimited);
}

TEST(GovernorTest, ReadsTheSigns) {
  http::Headers headers;
  headers.add("X-RateLimit-Remaining", "0");
  headers.add("X-RateLimit-FillRate", "5");
  headers.add("X-RateLimit-Interval-Seconds", "1");
  headers.add("retry-after", "2");
  const RateSigns signs = RateSigns::read(429, headers);
  EXPECT_EQ(signs.remaining, 0);
  EXPECT_EQ(signs.fill_rate, 5);
  EXPECT_EQ(signs.interval_ms, 1000);
  EXPECT_EQ(signs.retry_after_ms, 2000);
  EXPECT_EQ(RateSigns::read(200, {}).retry_after_ms, -1);
}

TEST(GovernorTest, APauseHoldsEverybodyUntilStopped) {
  StopFlag stop;
  Governor governor({.max_concurrency = 2}, &stop);
  EXPECT_TRUE(governor.acquire());
  RateSigns signs;
  signs.status = 200;
  signs.retry_after_ms = 0;
  signs.remaining = 10;
  governor.report(signs);
  EXPECT_TRUE(governor.acquire());
  signs.status = 429;
  signs.retry_after_ms = 200'000;
  governor.report(signs);
  stop.stop();
  EXPECT_EQ(governor.acquire().error().code, Code::kCancelled);
}

}  // namespace
}  // namespace spillguard::hosts
