#include "http/server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <stdexcept>

#include "base/log.h"
#include "http/client.h"
#include "http/test_support.h"

namespace spillguard::http {
namespace {

using testing_support::RawSocket;
using testing_support::start_server;
using testing_support::url_of;

Response echo(const Request& request) {
  return Response::text(200, request.method + " " + request.path + " [" + request.body + "]");
}

size_t count_text(std::string_view text, std::string_view part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

TEST(Server, KeepsConnectionsAndAnswersPipelinedRequestsInOrder) {
  const auto server = start_server({}, echo);
  RawSocket socket = RawSocket::connect_to(server->port());
  ASSERT_TRUE(
      socket.send_all("GET /one HTTP/1.1\r\nHost: h\r\n\r\n"
                      "POST /two HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
                      "POST /three HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                      "2\r\nde\r\n0\r\n\r\n"
                      "HEAD /four HTTP/1.1\r\nHost: h\r\n\r\n"
                      "GET /five HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
  const std::string all = socket.read_to_end();
  EXPECT_FALSE(socket.was_reset());
  EXPECT_EQ(count_text(all, "HTTP/1.1 200 OK\r\n"), 5U) << all;
  const size_t one = all.find("GET /one []");
  const size_t two = all.find("POST /two [abc]");
  const size_t three = all.find("POST /three [de]");
  const size_t five = all.find("GET /five []");
  ASSERT_NE(five, std::string::npos) << all;
  EXPECT_LT(one, two);
  EXPECT_LT(two, three);
  EXPECT_LT(three, five);
  // HEAD: the length of a body that is not sent.
  EXPECT_EQ(all.find("HEAD /four"), std::string::npos);
  EXPECT_NE(all.find("Content-Length: 13\r\n"), std::string::npos) << all;
  EXPECT_EQ(count_text(all, "Connection: close"), 1U);
}

TEST(Server, SpeaksToOldClients) {
  const auto server = start_server({}, [](const Request&) {
    Response response = Response::text(200, "");
    response.stream = [](BodyWriter& writer) { return writer.write("streamed"); };
    return response;
  });
  RawSocket socket = RawSocket::connect_to(server->port());
  ASSERT_TRUE(socket.send_all("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
  const std::string all = socket.read_to_end();  // ends although keep-alive was asked for
  EXPECT_EQ(all.find("chunked"), std::string::npos);
  EXPECT_TRUE(all.ends_with("\r\n\r\nstreamed")) << all;
}

TEST(Server, SaysContinueWhenAsked) {
  const auto server = start_server({}, echo);
  RawSocket socket = RawSocket::connect_to(server->port());
  ASSERT_TRUE(socket.send_all(
      "PUT /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"));
  EXPECT_EQ(socket.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  ASSERT_TRUE(socket.send_all("ok"));
  EXPECT_NE(socket.read_until("]").find("PUT /x [ok]"), std::string::npos);
}

TEST(Server, HandlerSeesWhatWasSent) {
  std::promise<Request> seen;
  const auto server = start_server({}, [&](const Request& request) {
    seen.set_value(request);
    return Response::empty(204);
  });
  RawSocket socket = RawSocket::connect_to(server->port());
  ASSERT_TRUE(socket.send_all("GET /a%20b/c?x=1&x=2 HTTP/1.1\r\nHost: h\r\nX-A: b\r\n\r\n"));
  const std::string head = socket.read_until("\r\n\r\n");
  EXPECT_TRUE(head.starts_with("HTTP/1.1 204 No Content\r\n"));
  EXPECT_EQ(head.find("Content-Length"), std::string::npos);
  const Request request = seen.get_future().get();
  EXPECT_EQ(request.path, "/a b/c");
  EXPECT_EQ(request.raw_target, "/a%20b/c?x=1&x=2");
  EXPECT_EQ(request.query_values("x").size(), 2U);
  EXPECT_EQ(request.headers.get("x-a"), "b");
  EXPECT_EQ(request.remote_address, "127.0.0.1");
  EXPECT_FALSE(request.tls);
}

TEST(Server, ThrowingHandlersBecome500AndTheServerLives) {
  log::set_level(log::Level::kOff);
  const auto server = start_server({}, [](const Request& request) -> Response {
    if (request.path == "/int") throw 7;
    if (request.path == "/memory") throw std::bad_alloc();
    return Response::text(200, "fine");
  });
  RawSocket socket = RawSocket::connect_to(server->port());
  for (const std::string path : {"/int", "/memory"}) {
    ASSERT_TRUE(socket.send_all("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n"));
    const std::string answer = socket.read_until("}");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 500 ")) << answer;
    EXPECT_NE(answer.find("\"status-code\":500"), std::string::npos);
  }
  ASSERT_TRUE(socket.send_all("GET /fine HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_NE(socket.read_until("fine").find("200 OK"), std::string::npos);
  log::set_level(log::Level::kInfo);
}

TEST(Server, StreamsWithBackPressure) {
  std::atomic<size_t> written = 0;
  std::promise<void> ended;
  const std::string piece(64 * 1024, 'x');
  constexpr size_t kPieces = 1000;  // 64 MB: more than all buffers on the way hold
  const auto server = start_server({}, [&](const Request&) {
    Response response = Response::text(200, "");
    response.stream = [&](BodyWriter& writer) -> Status {
      for (size_t i = 0; i < kPieces; ++i) {
        SG_TRY(writer.write(piece));
        ++written;
      }
      ended.set_value();
      return {};
    };
    return response;
  });
  RawSocket socket = RawSocket::connect_to(server->port());
  ASSERT_TRUE(socket.send_all("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
  std::string all = socket.read_until("\r\n\r\n");
  // Nobody reads on, so the producer can not have come to its end.
  EXPECT_LT(written, kPieces);
  size_t total = all.size() - all.find("\r\n\r\n") - 4;
  std::string tail;
  while (true) {
    const std::string part = socket.read_some();
    if (part.empty()) break;
    total += part.size();
    tail = (tail + part).substr(tail.size() + part.size() > 5 ? tail.size() + part.size() - 5 : 0);
  }
  ended.get_future().wait();
  EXPECT_GT(total, kPieces * piece.size());
  EXPECT_EQ(tail, "0\r\n\r\n");
}

TEST(Server, AProducerLearnsThatItsPeerIsGone) {
  std::promise<Status> result;
  const auto server = start_server({}, [&](const Request&) {
    Response response = Response::text(200, "");
    response.stream = [&](BodyWriter& writer) -> Status {
      Status status;
      while (status) status = writer.write(std::string(10'000, 'x'));
      result.set_value(status);
      return status;
    };
    return response;
  });
  {
    RawSocket socket = RawSocket::connect_to(server->port());
    ASSERT_TRUE(socket.send_all("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
    socket.read_until("\r\n\r\n");
  }
  const Status status = result.get_future().get();
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code, Code::kCancelled);
}

TEST(Server, ABodyThatFailsIsNotTakenForWhole) {
  log::set_level(log::Level::kOff);
  const auto server = start_server({}, [](const Request&) {
    Response response = Response::text(200, "");
    response.stream = [](BodyWriter& writer) -> Status {
      SG_TRY(writer.write("the first half"));
      return fail(Code::kIo, "the disk is gone");
    };
    return response;
  });
  Client client{ClientOptions{}};
  ClientRequest request;
  request.url = url_of(*server, "/");
  const auto response = client.send(request);
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().code, Code::kUnavailable);
  log::set_level(log::Level::kInfo);
}

TEST(Server, ShedsLoadWhenTheQueueIsFull) {
  std::promise<void> release;
  const std::shared_future<void> released = release.get_future().share();
  std::promise<void> running;
  std::atomic<int> calls = 0;
  ServerOptions options;
  options.handler_threads = 1;
  options.max_queued_requests = 1;
  const auto server = start_server(options, [&](const Request&) {
    if (calls++ == 0) running.set_value();
    released.wait();
    return Response::text(200, "done");
  });
  constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  RawSocket first = RawSocket::connect_to(server->port());
  ASSERT_TRUE(first.send_all(kGet));
  running.get_future().wait();
  // One of these is queued, the other refused; which one is open.
  RawSocket second = RawSocket::connect_to(server->port());
  RawSocket third = RawSocket::connect_to(server->port());
  ASSERT_TRUE(second.send_all(kGet));
  ASSERT_TRUE(third.send_all(kGet));
  auto second_answer =
      std::async(std::launch::async, [&] { return second.read_until("\r\n\r\n"); });
  auto third_answer = std::async(std::launch::async, [&] { return third.read_until("\r\n\r\n"); });
  while (second_answer.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready &&
         third_answer.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready) {
  }
  release.set_value();
  const std::string both = second_answer.get() + third_answer.get();
  EXPECT_EQ(count_text(both, "HTTP/1.1 200 OK"), 1U) << both;
  EXPECT_EQ(count_text(both, "HTTP/1.1 503 Service Unavailable"), 1U) << both;
  EXPECT_EQ(count_text(both, "Retry-After: 1\r\n"), 1U) << both;
}

TEST(Server, StopLetsRunningRequestsEnd) {
  std::promise<void> running;
  std::promise<void> release;
  auto server = start_server({}, [&](const Request& request) {
    if (request.path == "/slow") {
      running.set_value();
      release.get_future().wait();
    }
    return Response::text(200, "done");
  });
  RawSocket idle = RawSocket::connect_to(server->port());
  ASSERT_TRUE(idle.send_all("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
  idle.read_until("done");
  RawSocket busy = RawSocket::connect_to(server->port());
  ASSERT_TRUE(busy.send_all("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n"));
  running.get_future().wait();
  std::thread stopper([&] { server->stop(testing_support::kPatienceMs); });
  EXPECT_EQ(idle.read_to_end(), "");  // idle ones are closed first
  release.set_value();
  const std::string answer = busy.read_to_end();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK")) << answer;
  EXPECT_NE(answer.find("Connection: close"), std::string::npos);
  EXPECT_TRUE(answer.ends_with("done"));
  busy.close_now();
  stopper.join();
}

TEST(Server, StopEndsStreamsWhenTheGraceIsOver) {
  log::set_level(log::Level::kOff);
  std::promise<void> ended;
  auto server = start_server({}, [&](const Request&) {
    Response response = Response::text(200, "");
    response.stream = [&](BodyWriter& writer) -> Status {
      Status status;
      while (status) status = writer.write("endless ");
      ended.set_value();
      return status;
    };
    return response;
  });
  RawSocket socket = RawSocket::connect_to(server->port());
  ASSERT_TRUE(socket.send_all("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
  socket.read_until("endless");
  server->stop(10);
  ended.get_future().wait();
  log::set_level(log::Level::kInfo);
}

TEST(Server, ServesManyConnectionsOnSeveralThreads) {
  ServerOptions options;
  options.io_threads = 2;
  options.handler_threads = 3;
  const auto server = start_server(options, echo);
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      RawSocket socket = RawSocket::connect_to(server->port());
      for (int i = 0; i < 50; ++i) {
        const std::string path = "/" + std::to_string(t) + "/" + std::to_string(i);
        if (!socket.send_all("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n")) return;
        if (socket.read_until("]").find("GET " + path + " []") != std::string::npos) ++good;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, 400);
}

TEST(Server, ListensOnIpv6) {
  ServerOptions options;
  options.address = "[::1]";
  auto server = Server::start(options, echo);
  if (!server) GTEST_SKIP() << "no IPv6 here: " << server.error().message;
  Client client{ClientOptions{}};
  ClientRequest request;
  request.url = "http://[::1]:" + std::to_string((*server)->port()) + "/six";
  const auto response = client.send(request);
  ASSERT_TRUE(response.has_value()) << response.error().message;
  EXPECT_EQ(response->body, "GET /six []");
}

TEST(Server, NamesAddressAndCauseWhenItCanNotListen) {
  const auto first = start_server({}, echo);
  ServerOptions options;
  options.port = first->port();
  const auto second = Server::start(options, echo);
  ASSERT_FALSE(second.has_value());
  EXPECT_NE(second.error().message.find("127.0.0.1:" + std::to_string(options.port)),
            std::string::npos);
  EXPECT_NE(second.error().message.find("in use"), std::string::npos) << second.error().message;
}

}  // namespace
}  // namespace spillguard::http
