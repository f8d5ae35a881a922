// Limits and time-outs of the server, each with the status that the peer gets to see.
#include <gtest/gtest.h>

#include <array>
#include <future>

#include "http/server.h"
#include "http/test_support.h"

namespace spillguard::http {
namespace {

using testing_support::RawSocket;
using testing_support::start_server;

Response fine(const Request& /*request*/) { return Response::text(200, "fine"); }

// What a server with small limits answers to a text; the connection must end properly after it.
std::string answer_to(const Server& server, std::string_view text) {
  RawSocket socket = RawSocket::connect_to(server.port());
  (void)socket.send_all(text);
  std::string answer = socket.read_to_end();
  EXPECT_FALSE(socket.was_reset());
  return answer;
}

TEST(ServerLimits, EachHasItsStatusAndJson) {
  ServerOptions options;
  options.max_header_bytes = 2000;
  options.max_target_bytes = 500;
  options.max_body_bytes = 1000;
  const auto server = start_server(options, fine);
  struct Row {
    std::string text;
    int status;
  };
  const std::array kRows = {
      Row{"GET /" + std::string(600, 'x') + " HTTP/1.1\r\nHost: h\r\n\r\n", 414},
      Row{"GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n", 431},
      Row{"PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 200000\r\n\r\n" + std::string(200'000, 'x'),
          413},
      Row{"PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nFFFFF\r\n", 413},
      Row{"PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 1001\r\n\r\n", 413},
      Row{"GET /a/../b HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      Row{"GET / HTTP/3.0\r\nHost: h\r\n\r\n", 505},
      Row{"nonsense\r\n\r\n", 400},
  };
  for (const Row& row : kRows) {
    const std::string answer = answer_to(*server, row.text);
    const std::string status = std::to_string(row.status);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + status + " ")) << answer;
    EXPECT_NE(answer.find("\"status-code\":" + status + "}"), std::string::npos) << answer;
    EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos) << answer;
    EXPECT_NE(answer.find("Content-Type: application/json\r\n"), std::string::npos) << answer;
  }
}

TEST(ServerLimits, ASlowRequestGets408) {
  ServerOptions options;
  options.read_timeout_ms = 50;
  const auto server = start_server(options, fine);
  EXPECT_TRUE(answer_to(*server, "GET / HTTP/1.1\r\nHost:").starts_with("HTTP/1.1 408 "));
  EXPECT_TRUE(answer_to(*server, "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab")
                  .starts_with("HTTP/1.1 408 "));
}

TEST(ServerLimits, DrippingDoesNotExtendTheTimeOfARequest) {
  ServerOptions options;
  options.read_timeout_ms = 50;
  const auto server = start_server(options, fine);
  RawSocket socket = RawSocket::connect_to(server->port());
  std::future<std::string> answer =
      std::async(std::launch::async, [&] { return socket.read_to_end(); });
  bool sent = socket.send_all("GET / HTTP/1.1\r\nHost: h\r\nX: ");
  while (sent && answer.wait_for(std::chrono::milliseconds(2)) != std::future_status::ready) {
    sent = socket.send_all("x");
  }
  EXPECT_TRUE(answer.get().starts_with("HTTP/1.1 408 "));
}

TEST(ServerLimits, IdleConnectionsEndSilently) {
  ServerOptions options;
  options.idle_timeout_ms = 50;
  const auto server = start_server(options, fine);
  EXPECT_EQ(answer_to(*server, ""), "");
  const std::string answer = answer_to(*server, "GET / HTTP/1.1\r\nHost: h\r\n\r\n\r\n");
  EXPECT_TRUE(answer.ends_with("fine")) << answer;
}

TEST(ServerLimits, APeerThatDoesNotReadIsGivenUp) {
  std::promise<Status> result;
  ServerOptions options;
  options.write_timeout_ms = 50;
  const auto server = start_server(options, [&](const Request&) {
    Response response = Response::text(200, "");
    response.stream = [&](BodyWriter& writer) -> Status {
      Status status;
      while (status) status = writer.write(std::string(100'000, 'x'));
      result.set_value(status);
      return status;
    };
    return response;
  });
  RawSocket socket = RawSocket::connect_to(server->port());
  ASSERT_TRUE(socket.send_all("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_FALSE(result.get_future().get().has_value());
}

TEST(ServerLimits, ConnectionsBeyondTheMaximumAreClosed) {
  ServerOptions options;
  options.max_connections = 1;
  const auto server = start_server(options, fine);
  RawSocket first = RawSocket::connect_to(server->port());
  ASSERT_TRUE(first.send_all("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_TRUE(first.read_until("fine").ends_with("fine"));
  RawSocket second = RawSocket::connect_to(server->port());
  EXPECT_EQ(second.read_to_end(), "");
  ASSERT_TRUE(first.send_all("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_TRUE(first.read_until("fine").ends_with("fine"));
}

}  // namespace
}  // namespace spillguard::http
