#include "extract/channel.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace spillguard::extract {
namespace channel {
namespace {

constexpr size_t kHead = 6;
constexpr int kTick = 200;  // milliseconds

tl::unexpected<Error> gone() { return fail(Code::kUnavailable, "the extraction helper has gone"); }

}  // namespace
}  // namespace channel

Status Channel::wait(int fd, bool to_write) {
  if (!guard_) {
    return {};
  }
  for (;;) {
    pollfd polled{
        .fd = fd, .events = static_cast<short>(to_write ? POLLOUT : POLLIN), .revents = 0};
    const int ready = ::poll(&polled, 1, channel::kTick);
    if (ready > 0) {
      return {};
    }
    if (ready < 0 && errno != EINTR) {
      return fail(Code::kIo, "poll: " + std::generic_category().message(errno));
    }
    SG_TRY(guard_());
  }
}

Status Channel::write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    SG_TRY(wait(out_, true));
    // What fits into a pipe that poll() calls writable, so that the guard is asked between.
    const std::string_view piece = guard_ ? bytes.substr(0, 4096) : bytes;
    const ssize_t written = ::write(out_, piece.data(), piece.size());
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written <= 0) {
      return channel::gone();
    }
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return {};
}

Status Channel::read_all(char* out, size_t size) {
  while (size != 0) {
    SG_TRY(wait(in_, false));
    const ssize_t count = ::read(in_, out, size);
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count <= 0) {
      return channel::gone();
    }
    out += count;
    size -= static_cast<size_t>(count);
  }
  return {};
}

Status Channel::send_piece(MessageKind kind, std::string_view piece, bool more) {
  do {
    const std::string_view frame = piece.substr(0, kFrame);
    piece.remove_prefix(frame.size());
    const auto size = static_cast<uint32_t>(frame.size());
    const bool follows = more || !piece.empty();
    const std::array<char, channel::kHead> head = {static_cast<char>(kind),
                                                   static_cast<char>(follows ? 1 : 0),
                                                   static_cast<char>(size & 0xFFU),
                                                   static_cast<char>((size >> 8U) & 0xFFU),
                                                   static_cast<char>((size >> 16U) & 0xFFU),
                                                   static_cast<char>((size >> 24U) & 0xFFU)};
    SG_TRY(write_all({head.data(), head.size()}));
    SG_TRY(write_all(frame));
  } while (!piece.empty());
  return {};
}

Status Channel::send(MessageKind kind, std::string_view body) {
  return send_piece(kind, body, false);
}

Result<Message> Channel::receive(uint64_t most) {
  Message message;
  for (bool first = true;; first = false) {
    std::array<char, channel::kHead> head{};
    SG_TRY(read_all(head.data(), head.size()));
    uint32_t size = 0;
    for (size_t i = 0; i < 4; ++i) {
      size |= uint32_t{static_cast<unsigned char>(head[2 + i])} << (8 * i);
    }
    const auto kind = static_cast<MessageKind>(head[0]);
    if (size > kFrame || (!first && kind != message.kind) || kind < MessageKind::kHello ||
        kind > MessageKind::kDone) {
      return fail(Code::kCorrupt, "the extraction helper sent a frame that is none");
    }
    message.kind = kind;
    const size_t before = message.body.size();
    if (before + size > most) {
      return fail(Code::kTooLarge, "a message of the extraction helper is too long");
    }
    message.body.resize(before + size);
    SG_TRY(read_all(std::next(message.body.data(), static_cast<ptrdiff_t>(before)), size));
    if (head[1] == 0) {
      return message;
    }
  }
}

}  // namespace spillguard::extract
