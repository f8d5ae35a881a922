#include "http/request_reader.h"

#include <gtest/gtest.h>

#include <array>

namespace spillguard::http {
namespace {

constexpr RequestLimits kLimits{
    .max_header_bytes = 2000, .max_target_bytes = 500, .max_body_bytes = 1000};
using ReaderState = RequestReader::State;

// Presents the text in pieces of `step` bytes, as a slow network would; gives what was not taken.
std::string feed_in_steps(RequestReader& reader, std::string_view text, size_t step) {
  std::string pending;
  while (!text.empty()) {
    const size_t part = std::min(step, text.size());
    pending += text.substr(0, part);
    text.remove_prefix(part);
    pending.erase(0, reader.feed(pending));
  }
  return pending;
}

TEST(RequestReader, ReadsARequestHoweverItIsCut) {
  constexpr std::string_view kText =
      "\r\nPOST /a/b?x=1 HTTP/1.1\r\nHost: h\r\nX-One: 1\r\nContent-Length: 5\r\n\r\nhelloGET ";
  for (size_t step = 1; step <= kText.size(); ++step) {
    RequestReader reader(kLimits);
    const std::string rest = feed_in_steps(reader, kText, step);
    ASSERT_EQ(reader.state(), ReaderState::kDone) << step;
    EXPECT_EQ(rest, "GET ");
    EXPECT_TRUE(reader.keep_alive());
    const Request request = reader.take_request();
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.path, "/a/b");
    EXPECT_EQ(request.raw_target, "/a/b?x=1");
    EXPECT_EQ(request.query_value("x"), "1");
    EXPECT_EQ(request.headers.get("x-one"), "1");
    EXPECT_EQ(request.body, "hello");
  }
}

TEST(RequestReader, ReadsChunkedBodiesHoweverTheyAreCut) {
  constexpr std::array<std::string_view, 4> kBodies = {
      "0\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n", "3;ext=1\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
      "5\r\nhello\r\n0\r\nAuthorization: late\r\n\r\n"};
  for (const std::string_view body : kBodies) {
    const std::string text =
        "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(body);
    for (size_t step = 1; step <= text.size(); ++step) {
      RequestReader reader(kLimits);
      EXPECT_EQ(feed_in_steps(reader, text, step), "");
      ASSERT_EQ(reader.state(), ReaderState::kDone) << body << " in steps of " << step;
      const Request request = reader.take_request();
      EXPECT_EQ(request.body, body.starts_with('0') ? "" : "hello");
      // A trailer is not a header field.
      EXPECT_FALSE(request.headers.has("Authorization"));
    }
  }
}

struct RefusedRequest {
  std::string text;
  int status;
};

TEST(RequestReader, RefusesWithTheProperStatus) {
  const std::array kRefused = {
      RefusedRequest{"GET / HTTP/1.1\r\n\r\n", 400},                        // no Host
      RefusedRequest{"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},  // two
      RefusedRequest{"GET /%2e%2e/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},      // path
      RefusedRequest{"get / HTTP/1.1\r\nHost: a\r\n\r\n", 400},             // method
      RefusedRequest{"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 400},     // authority-form
      RefusedRequest{"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 400},         // asterisk-form
      RefusedRequest{"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},             //
      RefusedRequest{"\x16\x03\x01\x02\x01", 400},                          // TLS
      RefusedRequest{"GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400},            // blank before colon
      RefusedRequest{"GET / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", 417},
      RefusedRequest{"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501},
      RefusedRequest{"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501},
      RefusedRequest{"GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      RefusedRequest{"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: "
                     "chunked\r\n\r\n",
                     400},
      RefusedRequest{"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: "
                     "4\r\n\r\n",
                     400},
      RefusedRequest{"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n",
                     400},
      RefusedRequest{"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -4\r\n\r\n", 400},
      RefusedRequest{"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n", 413},
      RefusedRequest{"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3E9\r\n", 413},
      RefusedRequest{"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400},
      RefusedRequest{"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;" +
                         std::string(3000, 'x'),
                     400},
      RefusedRequest{"GET /" + std::string(500, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414},
      RefusedRequest{"GET /" + std::string(700, 'x'), 414},
      RefusedRequest{"GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(2100, 'x'), 431},
      RefusedRequest{"GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(2100, 'x') + "\r\n\r\n", 431},
      RefusedRequest{"GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(1200, 'x') +
                         "\r\nY: " + std::string(1200, 'x') + "\r\n\r\n",
                     431},
  };
  for (const RefusedRequest& row : kRefused) {
    for (const size_t step : {size_t{1}, size_t{7}, row.text.size()}) {
      RequestReader reader(kLimits);
      (void)feed_in_steps(reader, row.text, step);
      ASSERT_EQ(reader.state(), ReaderState::kFailed)
          << row.text.substr(0, 80) << " in steps of " << step;
      EXPECT_EQ(reader.error_status(), row.status)
          << row.text.substr(0, 80) << " in steps of " << step << ": " << reader.error_message();
      EXPECT_FALSE(reader.error_message().empty());
    }
  }
}

TEST(RequestReader, BareLineFeedsNeverMakeARequest) {
  constexpr std::string_view kText = "GET / HTTP/1.1\nHost: a\n\n";
  for (size_t step = 1; step <= kText.size(); ++step) {
    RequestReader reader(kLimits);
    (void)feed_in_steps(reader, kText, step);
    EXPECT_NE(reader.state(), ReaderState::kDone) << step;
  }
}

TEST(RequestReader, TakesABodyOfExactlyTheLimit) {
  RequestReader reader(kLimits);
  const std::string text =
      "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n" + std::string(1000, 'x');
  feed_in_steps(reader, text, text.size());
  EXPECT_EQ(reader.state(), ReaderState::kDone);
}

TEST(RequestReader, AsksForContinueOnce) {
  RequestReader reader(kLimits);
  feed_in_steps(reader,
                "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n",
                1000);
  EXPECT_TRUE(reader.take_wants_continue());
  EXPECT_FALSE(reader.take_wants_continue());
  feed_in_steps(reader, "ok", 1);
  EXPECT_EQ(reader.state(), ReaderState::kDone);
}

TEST(RequestReader, EmptyLinesDoNotStartARequest) {
  RequestReader reader(kLimits);
  EXPECT_EQ(feed_in_steps(reader, "\r\n\r\n\r\n", 1), "");
  EXPECT_FALSE(reader.started());
  feed_in_steps(reader, "G", 1);
  EXPECT_TRUE(reader.started());
}

TEST(RequestReader, TellsKeepAliveByVersionAndConnection) {
  const auto keeps = [](std::string_view version, std::string_view connection) {
    RequestReader reader(kLimits);
    std::string text = "GET / HTTP/" + std::string(version) + "\r\nHost: a\r\n";
    if (!connection.empty()) text += "Connection: " + std::string(connection) + "\r\n";
    feed_in_steps(reader, text + "\r\n", 1000);
    EXPECT_EQ(reader.state(), ReaderState::kDone);
    EXPECT_EQ(reader.is_http11(), version == "1.1");
    return reader.keep_alive();
  };
  EXPECT_TRUE(keeps("1.1", ""));
  EXPECT_FALSE(keeps("1.1", "Close"));
  EXPECT_FALSE(keeps("1.0", ""));
  EXPECT_TRUE(keeps("1.0", "keep-alive"));
}

}  // namespace
}  // namespace spillguard::http
