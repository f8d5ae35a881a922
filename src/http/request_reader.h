// Turns the bytes of a connection into requests, without doing any input itself. Internal to the
// module: Server feeds it, the fuzz target too. Not thread-safe.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "http/message.h"

namespace spillguard::http {

struct RequestLimits {
  size_t max_header_bytes = 0;
  size_t max_target_bytes = 0;
  size_t max_body_bytes = 0;
};

// Reads one request; make a new one for the next.
class RequestReader {
 public:
  enum class State { kReading, kDone, kFailed };

  explicit RequestReader(const RequestLimits& limits);
  ~RequestReader();

  // Takes bytes from the front of `bytes` and says how many. What it leaves must be presented again
  // with more behind it (or to the reader of the next request once this one is done).
  size_t feed(std::string_view bytes);

  [[nodiscard]] State state() const { return state_; }
  // Whether anything of the request has been seen (empty lines before it do not count).
  [[nodiscard]] bool started() const { return started_; }
  // Once, after the header: the client waits for "100 Continue" before it sends the body.
  [[nodiscard]] bool take_wants_continue();
  // The rest is known from the moment of kDone, or of kFailed as far as the header was read.
  [[nodiscard]] bool is_http11() const;
  [[nodiscard]] bool keep_alive() const;
  [[nodiscard]] Request take_request();
  // What to answer when it failed.
  [[nodiscard]] int error_status() const { return error_status_; }
  [[nodiscard]] const std::string& error_message() const { return error_message_; }

 private:
  struct Parser;
  void fail_with(int status, std::string message);
  void check_pending(std::string_view pending);

  RequestLimits limits_;
  std::unique_ptr<Parser> parser_;
  State state_ = State::kReading;
  bool started_ = false;
  bool continue_answered_ = false;
  int error_status_ = 0;
  std::string error_message_;
};

}  // namespace spillguard::http
