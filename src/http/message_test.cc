#include "http/message.h"

#include <gtest/gtest.h>

namespace spillguard::http {
namespace {

TEST(Headers, NamesCompareInAnyCase) {
  Headers headers;
  headers.add("Set-Cookie", "a=1");
  headers.add("X-Other", "x");
  headers.add("set-cookie", "b=2");
  EXPECT_EQ(headers.get("SET-COOKIE"), "a=1");
  EXPECT_EQ(headers.all("Set-Cookie"), (std::vector<std::string_view>{"a=1", "b=2"}));
  EXPECT_FALSE(headers.has("Cookie"));
}

TEST(Headers, SetReplacesAllOfThatName) {
  Headers headers;
  headers.add("A", "1");
  headers.add("B", "2");
  headers.add("a", "3");
  headers.set("A", "4");
  ASSERT_EQ(headers.fields().size(), 2U);
  EXPECT_EQ(headers.get("a"), "4");
  headers.set("C", "5");
  EXPECT_EQ(headers.get("c"), "5");
}

TEST(Request, FindsQueryAndRouteParameters) {
  Request request;
  request.query = {{"expand", "a"}, {"expand", "b"}, {"empty", ""}};
  request.params = {{"key", "FOO"}};
  EXPECT_EQ(request.query_value("expand"), "a");
  EXPECT_EQ(request.query_values("expand").size(), 2U);
  EXPECT_EQ(request.query_value("empty"), "");
  EXPECT_FALSE(request.query_value("Expand").has_value());
  EXPECT_EQ(request.param("key"), "FOO");
  EXPECT_EQ(request.param("other"), "");
}

TEST(Request, FindsCookies) {
  Request request;
  request.headers.add("Cookie", "JSESSIONID=n1~ABC; token=\"quoted\";x=a=b");
  request.headers.add("cookie", "second=2");
  EXPECT_EQ(request.cookie("JSESSIONID"), "n1~ABC");
  EXPECT_EQ(request.cookie("token"), "quoted");
  EXPECT_EQ(request.cookie("x"), "a=b");
  EXPECT_EQ(request.cookie("second"), "2");
  EXPECT_FALSE(request.cookie("jsessionid").has_value());
  EXPECT_FALSE(request.cookie("SESSIONID").has_value());
}

TEST(Response, ErrorIsJson) {
  const Response response = Response::error(404, "no \"x\"");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.body, R"({"message":"no \"x\"","status-code":404})");
  EXPECT_EQ(response.headers.get("Content-Type"), "application/json");
}

TEST(ReasonPhrase, KnowsItsTableAndNoMore) {
  EXPECT_EQ(reason_phrase(200), "OK");
  EXPECT_EQ(reason_phrase(507), "Insufficient Storage");
  EXPECT_EQ(reason_phrase(100), "Continue");
  EXPECT_EQ(reason_phrase(299), "Unknown");
  EXPECT_EQ(reason_phrase(999), "Unknown");
}

}  // namespace
}  // namespace spillguard::http
