#include "http/response_head.h"

#include <gtest/gtest.h>

namespace spillguard::http {
namespace {

size_t count_of(std::string_view text, std::string_view part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

TEST(ResponseHead, FramesAPlainBody) {
  const std::string head = response_head(Response::text(200, "hello"), {});
  EXPECT_TRUE(head.starts_with("HTTP/1.1 200 OK\r\nDate: "));
  EXPECT_NE(head.find(" GMT\r\nServer: Spillguard\r\n"), std::string::npos);
  EXPECT_NE(head.find("\r\nContent-Length: 5\r\n"), std::string::npos);
  EXPECT_TRUE(head.ends_with("\r\n\r\n"));
  EXPECT_EQ(head.find("Connection"), std::string::npos);
}

TEST(ResponseHead, NoValueCanAddAField) {
  Response response = Response::empty(302);
  response.headers.add("Location", "/x\r\nSet-Cookie: evil=1\r\n\r\nbody");
  response.headers.add("Bad Name\r\nX", "1");
  const std::string head = response_head(response, {});
  EXPECT_EQ(count_of(head, "\r\n\r\n"), 1U);
  EXPECT_EQ(head.find("\r\nSet-Cookie"), std::string::npos);
  EXPECT_EQ(head.find("Bad Name"), std::string::npos);
}

TEST(ResponseHead, FramingIsOursAlone) {
  Response response = Response::text(200, "hello");
  response.headers.add("content-length", "99");
  response.headers.add("Transfer-Encoding", "chunked");
  response.headers.add("connection", "close");
  const std::string head = response_head(response, {});
  EXPECT_EQ(head.find("99"), std::string::npos);
  EXPECT_EQ(head.find("chunked"), std::string::npos);
  EXPECT_EQ(head.find("close"), std::string::npos);
}

TEST(ResponseHead, HeadMayNameALengthWithoutTheBody) {
  Response response = Response::empty(200);
  response.headers.add("Content-Length", "1234");
  ResponseFrame frame;
  frame.head = true;
  EXPECT_NE(response_head(response, frame).find("Content-Length: 1234\r\n"), std::string::npos);
}

TEST(ResponseHead, ChoosesTheFraming) {
  Response stream = Response::empty(200);
  stream.stream = [](BodyWriter&) -> Status { return {}; };
  EXPECT_EQ(choose_framing(stream, true), BodyFraming::kChunked);
  EXPECT_EQ(choose_framing(stream, false), BodyFraming::kToClose);
  EXPECT_EQ(choose_framing(Response::empty(200), true), BodyFraming::kLength);
  EXPECT_EQ(choose_framing(Response::empty(204), true), BodyFraming::kNone);
  EXPECT_EQ(choose_framing(Response::empty(304), true), BodyFraming::kNone);
  EXPECT_EQ(response_head(Response::empty(204), {.framing = BodyFraming::kNone}).find("Length"),
            std::string::npos);
}

TEST(ResponseHead, SaysHowTheConnectionGoesOn) {
  EXPECT_NE(response_head(Response::empty(200), {.keep_alive = false}).find("Connection: close"),
            std::string::npos);
  EXPECT_NE(response_head(Response::empty(200), {.http11 = false}).find("Connection: keep-alive"),
            std::string::npos);
}

}  // namespace
}  // namespace spillguard::http
