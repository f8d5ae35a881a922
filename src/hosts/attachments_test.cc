#include <gtest/gtest.h>

#include "hosts/download_path.h"
#include "hosts/test_host.h"

namespace spillguard::hosts {
namespace {

using test::json_response;
using test::StubHost;

TEST(DownloadPathTest, TakesWhatIsBelowThePrefixWhateverTheHostCallsItself) {
  const auto of = [](std::string_view link) {
    return download_path(link, "/secure/attachment/17/").value_or("refused");
  };
  EXPECT_EQ(of("https://jira.example.org/secure/attachment/17/a.txt"),
            "/secure/attachment/17/a.txt");
  EXPECT_EQ(of("http://other:8080/jira/secure/attachment/17/a%20b+c.txt"),
            "/secure/attachment/17/a%20b+c.txt");
  EXPECT_EQ(of("/secure/attachment/17/50% und;\u00fc.txt"),
            "/secure/attachment/17/50%25%20und%3B%C3%BC.txt");
  EXPECT_EQ(of("/secure/attachment/17/a.txt?x=1&y=%2F#z"), "/secure/attachment/17/a.txt?x=1&y=%2F");
  for (const char* link : {"", "/secure/attachment/18/a.txt", "/secure/attachment/17/",
                           "/secure/attachment/17/../a", "/secure/attachment/17/%2e%2E/a",
                           "/secure/attachment/17/a%2f..%2Fb", "/secure/attachment/17/a\\b",
                           "/secure/attachment/17/a%00", "/browse?/secure/attachment/17/a"}) {
    EXPECT_EQ(of(link), "refused") << link;
  }
}

struct Got {
  Result<AttachmentInfo> info = fail(Code::kInternal, "not asked");
  std::string bytes;
};

Got stream(Host& host, uint64_t max = 1 << 20) {
  Got got;
  got.info = host.stream_attachment("17", max, [&](std::string_view piece) -> Status {
    got.bytes += piece;
    return {};
  });
  return got;
}

// A Jira with one attachment of six bytes, whose download is what `answer` says.
class JiraAttachmentTest : public ::testing::Test {
 protected:
  http::Response serve(const http::Request& request) {
    if (request.path.ends_with("/myself")) return json_response(test::kMyself);
    if (request.path.ends_with("/rest/api/2/attachment/17")) {
      return json_response(R"({"id":"17","filename":"a.txt","mimeType":"text/plain","size":)" +
                           std::to_string(size_) + R"(,"content":")" + link_ + "\"}");
    }
    ++downloads_;
    return answer_(request);
  }
  int64_t size_ = 6;
  std::string link_ = "https://elsewhere.example/x/secure/attachment/17/a%20b.txt";
  int downloads_ = 0;
  StubHost::Answer answer_ = [](const http::Request&) {
    return http::Response::text(200, "abcdef", "text/plain");
  };
  StubHost stub_{[this](const http::Request& request) { return serve(request); }};
  std::unique_ptr<Host> host_ = stub_.host(Product::kJira);
};

TEST_F(JiraAttachmentTest, StreamsFromOurBaseWithOurCredential) {
  const auto got = stream(*host_);
  ASSERT_TRUE(got.info) << got.info.error().message;
  EXPECT_EQ(got.bytes, "abcdef");
  EXPECT_EQ(got.info->name, "a.txt");
  EXPECT_EQ(got.info->media_type, "text/plain");
  EXPECT_EQ(got.info->bytes, 6);
  const auto last = stub_.requests().back();
  EXPECT_EQ(last.raw_target, "/context/secure/attachment/17/a%20b.txt");
  EXPECT_EQ(last.headers.get("Authorization"), "Bearer stub-token");
}

TEST_F(JiraAttachmentTest, ANameThatNoPathMayHoldIsLeftOut) {
  link_ = R"(http:\/\/x\/secure\/attachment\/17\/a%5C..%5Cb.txt)";
  ASSERT_TRUE(stream(*host_).info);
  EXPECT_EQ(stub_.requests().back().raw_target, "/context/secure/attachment/17/file");
}

TEST_F(JiraAttachmentTest, WhatIsTooLargeIsNotBegun) {
  size_ = 4000;
  const auto got = stream(*host_, 3999);
  ASSERT_FALSE(got.info);
  EXPECT_EQ(got.info.error().code, Code::kTooLarge);
  EXPECT_EQ(downloads_, 0);
}

TEST_F(JiraAttachmentTest, WhatTheHostGivesBeyondTheCapIsCut) {
  size_ = 0;  // it does not tell
  answer_ = [](const http::Request&) {
    return http::Response::text(200, std::string(5000, 'x'), "a/b");
  };
  const auto got = stream(*host_, 1000);
  ASSERT_FALSE(got.info);
  EXPECT_EQ(got.info.error().code, Code::kTooLarge);
  EXPECT_LE(got.bytes.size(), 1000U);
}

TEST_F(JiraAttachmentTest, AnotherLengthIsNotTheFile) {
  answer_ = [](const http::Request&) { return http::Response::text(200, "<html>", "text/html"); };
  size_ = 7;
  EXPECT_EQ(stream(*host_).info.error().code, Code::kCorrupt);
}

TEST_F(JiraAttachmentTest, RedirectsAreRefused) {
  std::string to = "https://bucket.example/a?signature=1";
  answer_ = [&](const http::Request&) {
    auto response = http::Response::empty(302);
    response.headers.set("Location", to);
    return response;
  };
  EXPECT_EQ(stream(*host_).info.error().code, Code::kUnsupported);
  to = "/context/login.jsp?os_destination=x";
  EXPECT_EQ(stream(*host_).info.error().code, Code::kPermissionDenied);
  EXPECT_EQ(downloads_, 2);
}

TEST_F(JiraAttachmentTest, IsAskedAgainWhileNothingCame) {
  answer_ = [&](const http::Request&) {
    if (downloads_ < 3) return http::Response::text(503, "later", "text/plain");
    return http::Response::text(200, "abcdef", "text/plain");
  };
  const auto got = stream(*host_);
  ASSERT_TRUE(got.info) << got.info.error().message;
  EXPECT_EQ(got.bytes, "abcdef");
  EXPECT_EQ(downloads_, 3);
}

TEST_F(JiraAttachmentTest, TheSinksErrorEndsIt) {
  const auto info = host_->stream_attachment(
      "17", 1000, [](std::string_view) -> Status { return fail(Code::kCancelled, "enough"); });
  EXPECT_EQ(info.error().code, Code::kCancelled);
  EXPECT_EQ(downloads_, 1);
}

TEST(ConfluenceAttachmentTest, FollowsTheDownloadLinkBelowOurBase) {
  StubHost stub([&](const http::Request& request) {
    if (request.path.ends_with("/user/current")) {
      return json_response(R"({"type":"known","username":"scanner","userKey":"k"})");
    }
    if (request.path.ends_with("/rest/api/content/att17")) {
      return json_response(
          R"({"id":"att17","type":"attachment","title":"a.txt","extensions":{"mediaType":"text/plain","fileSize":3},)"
          R"("_links":{"download":"/download/attachments/5/a.txt?version=2&api=v2","base":"http://x/y"}})");
    }
    return http::Response::text(200, "abc", "text/plain");
  });
  const auto host = stub.host(Product::kConfluence);
  std::string bytes;
  const auto info = host->stream_attachment("att17", 100, [&](std::string_view piece) -> Status {
    bytes += piece;
    return {};
  });
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_EQ(bytes, "abc");
  EXPECT_EQ(stub.requests().back().raw_target,
            "/context/download/attachments/5/a.txt?version=2&api=v2");
}

}  // namespace
}  // namespace spillguard::hosts
