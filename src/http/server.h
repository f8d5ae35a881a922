// An HTTP/1.1 server: Asio coroutines for the transport, Beast's parser fed sans-IO, handlers as
// plain functions on a bounded pool. TLS, keep-alive, limits, timeouts, graceful stop.
//
// Thread-safety: handlers run on several threads at once. The object itself belongs to one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/error.h"
#include "http/message.h"

namespace spillguard::http {

enum class TlsMode {
  kOff,
  kOptional,  // one port takes both: the first byte tells (demo and migrations)
  kRequired,
};

struct ServerOptions {
  std::string name = "http";          // in logs, thread names and metrics
  std::string address = "127.0.0.1";  // where to listen
  uint16_t port = 0;                  // 0: any free one, see Server::port()
  TlsMode tls = TlsMode::kOff;
  std::string certificate_file;  // PEM chain
  std::string private_key_file;  // PEM
  size_t io_threads = 1;
  size_t handler_threads = 8;
  size_t max_queued_requests = 1024;         // beyond: 503 with Retry-After
  size_t max_connections = 10'000;           // beyond: closed at once
  size_t max_header_bytes = 32 * 1024;       // beyond: 431
  size_t max_target_bytes = 16 * 1024;       // beyond: 414
  size_t max_body_bytes = 16 * 1024 * 1024;  // beyond: 413
  int64_t idle_timeout_ms = 60'000;          // between requests of a kept connection
  int64_t read_timeout_ms = 30'000;          // for one whole request
  int64_t write_timeout_ms = 60'000;         // without the peer taking a byte
  bool access_log = false;  // method, path without query, status, time; at debug level
};

using Handler = std::function<Response(const Request&)>;

class Server {
 public:
  // Listens and serves. The error names address and cause (port in use, unreadable certificate).
  static Result<std::unique_ptr<Server>> start(ServerOptions options, Handler handler);
  ~Server();  // stop(0)

  [[nodiscard]] uint16_t port() const;
  // Takes no new connections, lets running requests end for at most grace_ms, then closes all.
  void stop(int64_t grace_ms);

 private:
  struct State;
  explicit Server(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace spillguard::http
