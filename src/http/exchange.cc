#include "http/exchange.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "base/log.h"

namespace spillguard::http {
namespace {

// The words of a thrown thing, for the log.
std::string describe_current_exception() {
  try {
    throw;
  } catch (const std::exception& e) {
    return e.what();
  } catch (...) {
    return "an exception of an unknown type";
  }
}

}  // namespace

void Exchange::run(const Handler& handler, std::string_view server_name) {
  Response made;
  try {
    made = handler(request_);
  } catch (...) {
    // The path, never the query: that is where people put credentials.
    log::error("{}: {} {} failed: {}", server_name, request_.method, request_.path,
               describe_current_exception());
    made = Response::error(500, "internal error; the log of the server says more");
  }
  const bool streams = made.stream && request_.method != "HEAD";
  {
    const std::lock_guard lock(mutex_);
    response_ = std::move(made);
    responded_ = true;
    finished_ = !streams;
  }
  notify_();
  if (!streams) return;

  Status status;
  try {
    status = response_.stream(*this);
  } catch (...) {
    status = fail(Code::kInternal, describe_current_exception());
  }
  {
    const std::lock_guard lock(mutex_);
    finished_ = true;
    failed_ = !status.has_value();
    if (failed_ && !abandoned_) {
      log::error("{}: the body of {} {} was cut: {}", server_name, request_.method, request_.path,
                 status.error().message);
    }
  }
  notify_();
}

Status Exchange::write(std::string_view data) {
  do {
    bool was_empty = false;
    {
      std::unique_lock lock(mutex_);
      room_.wait(lock, [this] { return abandoned_ || buffer_.size() < kMaxBuffered; });
      if (abandoned_) return fail(Code::kCancelled, "the client has gone away");
      const size_t part = std::min(data.size(), kMaxBuffered - buffer_.size());
      was_empty = buffer_.empty();
      buffer_.append(data.substr(0, part));
      data.remove_prefix(part);
    }
    if (was_empty) notify_();
  } while (!data.empty());
  return {};
}

const Response* Exchange::response() {
  const std::lock_guard lock(mutex_);
  return responded_ ? &response_ : nullptr;
}

Exchange::Piece Exchange::take() {
  Piece piece;
  {
    const std::lock_guard lock(mutex_);
    piece.data.swap(buffer_);
    piece.finished = finished_;
    piece.failed = failed_;
  }
  if (!piece.data.empty()) room_.notify_one();
  return piece;
}

void Exchange::abandon() {
  {
    const std::lock_guard lock(mutex_);
    abandoned_ = true;
    buffer_.clear();
  }
  room_.notify_all();
}

}  // namespace spillguard::http
