// An HTTP client over libcurl: pooled connections, gzip, proxy, private CA, client certificate,
// time-outs, size caps. Blocking; thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/error.h"
#include "base/secret.h"
#include "http/message.h"

namespace spillguard::http {

struct ClientOptions {
  std::string user_agent = "Spillguard/" SG_VERSION;
  std::string proxy;    // "" = none; "http://host:port"
  std::string ca_file;  // PEM; "" = the system's
  std::string client_certificate_file;
  std::string client_key_file;
  bool verify_tls = true;
  int64_t connect_timeout_ms = 10'000;
  int64_t timeout_ms = 60'000;             // whole exchange, unless the request says otherwise
  uint64_t max_body_bytes = 256ULL << 20;  // after decompression
  size_t max_idle_connections = 16;
};

struct ClientRequest {
  std::string method = "GET";
  std::string url;
  Headers headers;
  Secret authorization;  // value of the Authorization header, kept out of `headers`
  std::string body;
  int64_t timeout_ms = 0;       // 0 = the client's
  uint64_t max_body_bytes = 0;  // 0 = the client's
  // When set, a 2xx body goes there in pieces and Response.body stays empty; an error stops the
  // transfer.
  std::function<Status(std::string_view)> sink;
};

struct ClientResponse {
  int status = 0;
  Headers headers;
  std::string body;
  int64_t elapsed_ms = 0;
};

class Client {
 public:
  explicit Client(ClientOptions options);
  ~Client();

  // Any HTTP status is an answer, not an error. Errors: kTimeout, kUnavailable (connection, TLS,
  // cut body), kTooLarge, kInvalidArgument (URL). Messages name host and cause, never query or
  // credential. Redirects are not followed.
  Result<ClientResponse> send(const ClientRequest& request);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace spillguard::http
