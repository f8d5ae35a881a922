#include "http/client.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <array>
#include <atomic>
#include <future>

#include "http/server.h"
#include "http/test_support.h"

namespace spillguard::http {
namespace {

using testing_support::RawServer;
using testing_support::RawSocket;
using testing_support::start_server;
using testing_support::url_of;

std::string gzip(std::string_view text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  std::string in(text);
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

Result<ClientResponse> get(Client& client, std::string url) {
  ClientRequest request;
  request.url = std::move(url);
  return client.send(request);
}

// One answer in raw bytes, after which the connection closes.
Result<ClientResponse> get_raw(const std::string& answer, ClientOptions options = {}) {
  const RawServer server([&](RawSocket& peer) {
    peer.read_until("\r\n\r\n");
    (void)peer.send_all(answer);
  });
  Client client(std::move(options));
  return get(client, "http://127.0.0.1:" + std::to_string(server.port()) + "/?secret=hidden");
}

TEST(Client, SendsWhatItIsTold) {
  std::promise<Request> seen;
  const auto server = start_server({}, [&](const Request& request) {
    seen.set_value(request);
    Response response = Response::json(201, "{}");
    response.headers.add("X-Two", "1");
    response.headers.add("x-two", "2");
    return response;
  });
  Client client{ClientOptions{}};
  ClientRequest request;
  request.method = "PUT";
  request.url = url_of(*server, "/a%20b?x=1");
  request.headers.add("Content-Type", "application/json");
  request.headers.add("X-Empty", "");
  request.authorization = Secret("Bearer not-a-real-one");
  request.body = std::string("{\"a\":\0}", 7);
  const auto response = client.send(request);
  ASSERT_TRUE(response.has_value()) << response.error().message;
  EXPECT_EQ(response->status, 201);
  EXPECT_EQ(response->body, "{}");
  EXPECT_EQ(response->headers.all("X-TWO"), (std::vector<std::string_view>{"1", "2"}));
  const Request got = seen.get_future().get();
  EXPECT_EQ(got.method, "PUT");
  EXPECT_EQ(got.raw_target, "/a%20b?x=1");
  EXPECT_EQ(got.body, request.body);
  EXPECT_EQ(got.headers.get("Authorization"), "Bearer not-a-real-one");
  EXPECT_EQ(got.headers.get("X-Empty"), "");
  EXPECT_EQ(got.headers.get("Content-Type"), "application/json");
  EXPECT_EQ(got.headers.get("Accept-Encoding"), "gzip");
  EXPECT_EQ(got.headers.get("User-Agent"), "Spillguard/" SG_VERSION);
  EXPECT_FALSE(got.headers.has("Expect"));
}

TEST(Client, SpeaksEveryMethodWithoutFieldsOfItsOwn) {
  const auto server = start_server({}, [](const Request& request) {
    return Response::text(200, request.method + "[" + request.body + "]" +
                                   std::string(request.headers.get("Content-Type").value_or("-")));
  });
  Client client{ClientOptions{}};
  for (const std::string method : {"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"}) {
    ClientRequest request;
    request.method = method;
    request.url = url_of(*server, "/");
    const auto empty = client.send(request);
    ASSERT_TRUE(empty.has_value()) << method << ": " << empty.error().message;
    EXPECT_EQ(empty->body, method + "[]-");
    request.body = std::string(2'000'000, 'b');
    const auto full = client.send(request);
    ASSERT_TRUE(full.has_value()) << method << ": " << full.error().message;
    EXPECT_EQ(full->body.size(), method.size() + 2'000'003);
  }
  ClientRequest head;
  head.method = "HEAD";
  head.url = url_of(*server, "/");
  const auto response = client.send(head);
  ASSERT_TRUE(response.has_value()) << response.error().message;
  EXPECT_EQ(response->body, "");
  EXPECT_EQ(response->headers.get("Content-Length"), "7");
}

TEST(Client, KeepsItsConnection) {
  std::atomic<int> accepted = 0;
  const RawServer server([&](RawSocket& peer) {
    ++accepted;
    for (int i = 0; i < 3; ++i) {
      peer.read_until("\r\n\r\n");
      (void)peer.send_all("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    }
  });
  Client client{ClientOptions{}};
  // The server takes one connection only: without reuse the second request would find nobody.
  for (int i = 0; i < 3; ++i) {
    const auto response = get(client, "http://127.0.0.1:" + std::to_string(server.port()) + "/");
    ASSERT_TRUE(response.has_value()) << response.error().message;
  }
  EXPECT_EQ(accepted, 1);
}

TEST(Client, AnyStatusIsAnAnswerAndRedirectsAreNotFollowed) {
  const auto server = start_server({}, [](const Request& request) {
    if (request.path == "/redirect") {
      Response response = Response::empty(302);
      response.headers.add("Location", "/elsewhere");
      response.headers.add("Set-Cookie", "a=b");
      return response;
    }
    return Response::text(503, request.headers.has("Cookie") ? "cookie" : "none");
  });
  Client client{ClientOptions{}};
  const auto redirect = get(client, url_of(*server, "/redirect"));
  ASSERT_TRUE(redirect.has_value());
  EXPECT_EQ(redirect->status, 302);
  EXPECT_EQ(redirect->headers.get("location"), "/elsewhere");
  const auto busy = get(client, url_of(*server, "/x"));
  ASSERT_TRUE(busy.has_value());
  EXPECT_EQ(busy->status, 503);
  EXPECT_EQ(busy->body, "none");
}

TEST(Client, Decompresses) {
  const std::string text(100'000, 'a');
  const std::string packed = gzip(text);
  const auto response = get_raw("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " +
                                std::to_string(packed.size()) + "\r\n\r\n" + packed);
  ASSERT_TRUE(response.has_value()) << response.error().message;
  EXPECT_EQ(response->body, text);
}

TEST(Client, CapsWhatComesOutOfTheDecompression) {
  const std::string packed = gzip(std::string(1'000'000, 'a'));
  ClientOptions options;
  options.max_body_bytes = 10'000;
  ASSERT_LT(packed.size(), options.max_body_bytes);
  const auto response = get_raw("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " +
                                    std::to_string(packed.size()) + "\r\n\r\n" + packed,
                                options);
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().code, Code::kTooLarge);
}

TEST(Client, RefusesAnAnnouncedSizeAtOnce) {
  ClientOptions options;
  options.max_body_bytes = 10;
  const auto response = get_raw("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n", options);
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().code, Code::kTooLarge) << response.error().message;
  const auto exact = get_raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789", options);
  EXPECT_TRUE(exact.has_value());
}

TEST(Client, ACutBodyIsAnError) {
  const std::string packed = gzip(std::string(100'000, 'a'));
  const std::array kCut = {
      std::string("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234"),
      std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n"),
      std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n012"),
      "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " +
          std::to_string(packed.size()) + "\r\n\r\n" + packed.substr(0, packed.size() / 2),
      std::string("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nplain"),
      std::string("HTTP/1.1 200 OK\r\nContent-"),
      std::string(),
  };
  for (const std::string& answer : kCut) {
    const auto response = get_raw(answer);
    ASSERT_FALSE(response.has_value()) << answer;
    EXPECT_EQ(response.error().code, Code::kUnavailable) << answer;
    EXPECT_TRUE(response.error().message.starts_with("http://127.0.0.1:"));
    EXPECT_EQ(response.error().message.find("hidden"), std::string::npos);
  }
}

TEST(Client, StreamsIntoASink) {
  const auto server = start_server({}, [](const Request& request) {
    return Response::text(request.path == "/bad" ? 404 : 200, std::string(300'000, 'z'));
  });
  Client client{ClientOptions{}};
  size_t total = 0;
  ClientRequest request;
  request.url = url_of(*server, "/");
  request.sink = [&](std::string_view piece) -> Status {
    total += piece.size();
    return {};
  };
  auto response = client.send(request);
  ASSERT_TRUE(response.has_value()) << response.error().message;
  EXPECT_EQ(total, 300'000U);
  EXPECT_EQ(response->body, "");

  request.url = url_of(*server, "/bad");
  total = 0;
  response = client.send(request);
  ASSERT_TRUE(response.has_value());
  EXPECT_EQ(total, 0U);
  EXPECT_EQ(response->body.size(), 300'000U);

  request.url = url_of(*server, "/");
  request.sink = [](std::string_view) -> Status { return fail(Code::kIo, "disk full"); };
  response = client.send(request);
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().code, Code::kIo);
  EXPECT_NE(response.error().message.find("disk full"), std::string::npos);
}

TEST(Client, GivesUpInTime) {
  std::promise<void> release;
  const RawServer server([&](RawSocket& peer) {
    peer.read_until("\r\n\r\n");
    release.get_future().wait();
  });
  Client client{ClientOptions{}};
  ClientRequest request;
  request.url = "http://127.0.0.1:" + std::to_string(server.port()) + "/?secret=hidden";
  request.timeout_ms = 50;
  const auto response = client.send(request);
  release.set_value();
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().code, Code::kTimeout);
  EXPECT_EQ(response.error().message.find("hidden"), std::string::npos);
}

TEST(Client, AClosedPortIsUnavailable) {
  uint16_t port = 0;
  {
    port = start_server({}, [](const Request&) { return Response::empty(204); })->port();
  }
  Client client{ClientOptions{}};
  const auto response = get(client, "http://127.0.0.1:" + std::to_string(port) + "/");
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().code, Code::kUnavailable);
  EXPECT_NE(response.error().message.find(":" + std::to_string(port)), std::string::npos);
}

TEST(Client, RefusesUrlsAndFieldsThatCanNotBe) {
  Client client{ClientOptions{}};
  for (const std::string url :
       {"", "/path", "ftp://host/", "file:///etc/passwd", "http://", "http://user:word@host/",
        "http://user@host/", "http://host/a b", "http://host/a\r\nX: y", "http://host:99999/"}) {
    const auto response = get(client, url);
    ASSERT_FALSE(response.has_value()) << url;
    EXPECT_EQ(response.error().code, Code::kInvalidArgument) << url;
    EXPECT_EQ(response.error().message.find("word@"), std::string::npos);
  }
  const std::vector<std::pair<std::string, std::string>> fields = {
      {"X", "a\r\nY: b"}, {"X", "a\nb"}, {"X", std::string("a\0b", 3)},
      {"X: y", "z"},      {"", "z"},     {"X\r\n", "z"}};
  for (const auto& [name, value] : fields) {
    ClientRequest request;
    request.url = "http://127.0.0.1:1/";
    request.headers.add(name, value);
    const auto response = client.send(request);
    ASSERT_FALSE(response.has_value());
    EXPECT_EQ(response.error().code, Code::kInvalidArgument);
  }
  ClientRequest request;
  request.url = "http://127.0.0.1:1/";
  request.authorization = Secret("Basic hidden\r\nX: y");
  const auto response = client.send(request);
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().code, Code::kInvalidArgument);
  EXPECT_EQ(response.error().message.find("hidden"), std::string::npos);
}

TEST(Client, GoesThroughAProxy) {
  std::promise<std::string> asked;
  const RawServer proxy([&](RawSocket& peer) {
    asked.set_value(peer.read_until("\r\n\r\n"));
    (void)peer.send_all("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nproxy");
  });
  ClientOptions options;
  options.proxy = "http://127.0.0.1:" + std::to_string(proxy.port());
  Client client(options);
  const auto response = get(client, "http://jira.invalid/rest");
  ASSERT_TRUE(response.has_value()) << response.error().message;
  EXPECT_EQ(response->body, "proxy");
  EXPECT_TRUE(asked.get_future().get().starts_with("GET http://jira.invalid/rest HTTP/1.1\r\n"));
}

TEST(Client, ServesManyThreadsAtOnce) {
  const auto server =
      start_server({}, [](const Request& request) { return Response::text(200, request.path); });
  Client client{ClientOptions{}};
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 6; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        const std::string path = "/" + std::to_string(t) + "/" + std::to_string(i);
        const auto response = get(client, url_of(*server, path));
        if (response && response->body == path) ++good;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, 120);
}

}  // namespace
}  // namespace spillguard::http
