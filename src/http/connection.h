// Connections of the server: transport, reading, handing over, writing. Internal to the module.
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <unordered_set>

#include "base/metrics.h"
#include "base/threads.h"
#include "http/server.h"

namespace boost::asio {
class io_context;
namespace ssl {
class context;
}
}  // namespace boost::asio

namespace spillguard::http {

class Connection;

// One thread of input and output. A connection lives on one loop for all its life, so that nothing
// in it needs a lock.
struct IoLoop {
  boost::asio::io_context& context;
  std::unordered_set<Connection*> connections;  // only touched on the loop's thread
};

// What the connections of one server share. Outlives all of them.
struct ServerShared {
  ServerShared(ServerOptions given, Handler serve);

  const ServerOptions options;
  const Handler handler;
  boost::asio::ssl::context* tls = nullptr;  // the server owns it
  std::atomic<bool> stopping{false};         // finish what runs, take nothing new
  std::atomic<bool> aborting{false};         // and now let go of that, too
  std::unique_ptr<ThreadPool> pool;

  // Counts connections in and out; `wait_for_none` is false when the time was over first
  // (a negative time never is).
  bool enter();  // false: there are max_connections already
  void leave();
  bool wait_for_none(int64_t milliseconds);

  metrics::Counter shed;
  std::array<metrics::Counter, 6> answered;  // by first digit of the status
  metrics::Gauge open;

 private:
  std::mutex mutex_;
  std::condition_variable none_;
  size_t live_ = 0;
};

// Serves a connection that enter() has counted; takes the descriptor. On the loop's thread.
void serve_connection(ServerShared& shared, IoLoop& loop, int descriptor, bool ipv6);
// Closes idle connections, or all. On the loop's thread.
void close_connections(IoLoop& loop, bool all);

}  // namespace spillguard::http
