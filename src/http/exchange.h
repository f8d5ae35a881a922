// One request on its way through a handler: where the input/output thread of a connection and the
// handler's thread meet. Internal to the module.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "http/message.h"
#include "http/server.h"

namespace spillguard::http {

// Thread-safety: run() and write() belong to the handler's thread, the rest to the connection's.
// Shared by both through a shared_ptr, because either may be the last to leave.
class Exchange final : public BodyWriter {
 public:
  // `notify` is called from the handler's thread when there is something new to take.
  Exchange(Request request, std::function<void()> notify)
      : request_(std::move(request)), notify_(std::move(notify)) {}

  // Calls the handler, then streams its body. Catches whatever they throw (500, or a cut body).
  void run(const Handler& handler, std::string_view server_name);
  // Blocks while the buffer is full; kCancelled once the connection has given up.
  Status write(std::string_view data) override;

  // The response, once it is there; nullptr before. It stays unchanged from then on.
  [[nodiscard]] const Response* response();
  // What the stream has written since the last call.
  struct Piece {
    std::string data;
    bool finished = false;  // nothing will follow
    bool failed = false;    // finished, and the body is not whole
  };
  [[nodiscard]] Piece take();
  // The connection is gone: wakes the producer, whose writes fail from now on.
  void abandon();

  [[nodiscard]] const Request& request() const { return request_; }

 private:
  // A slow peer costs this much memory twice: here, and on its way out.
  static constexpr size_t kMaxBuffered = 256 * 1024;

  const Request request_;
  const std::function<void()> notify_;
  std::mutex mutex_;
  std::condition_variable room_;
  Response response_;
  bool responded_ = false;
  std::string buffer_;
  bool finished_ = false;
  bool failed_ = false;
  bool abandoned_ = false;
};

}  // namespace spillguard::http
