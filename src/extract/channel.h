// Messages between the program and its helper, over two pipes. A message goes in frames of at most
// kFrame bytes: its kind, whether more of it follows, its length (four bytes, little-endian), its
// bytes.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace spillguard::extract {

enum class MessageKind : uint8_t {
  kHello = 1,   // helper: its sandbox stands; text: what is in force
  kRefused,     // helper: a required layer of the sandbox can not be had; text: why
  kJob,         // program: pack_job
  kDocument,    // program: the document's bytes
  kPart,        // helper: pack_part
  kOutcome,     // helper: pack_outcome
  kTool,        // helper: the tool's number, then the file for it
  kToolText,    // program: what the tool wrote
  kToolFailed,  // program: a Reason as a number
  kDone,        // helper: this document is read
};

inline constexpr size_t kFrame = size_t{1} << 18U;

struct Message {
  MessageKind kind = MessageKind::kDone;
  std::string body;
};

// One end. One thread; does not own the descriptors. With a guard, reads and writes wait at most a
// fifth of a second at a time and ask it whether to go on: its error is theirs.
class Channel {
 public:
  using Guard = std::function<Status()>;
  Channel(int in, int out, Guard guard = {}) : in_(in), out_(out), guard_(std::move(guard)) {}

  Status send(MessageKind kind, std::string_view body);
  // A message in pieces: all but the last with `more`.
  Status send_piece(MessageKind kind, std::string_view piece, bool more);
  // kTooLarge when the body is longer than `most`; kUnavailable when the other side is gone.
  Result<Message> receive(uint64_t most);

 private:
  Status wait(int fd, bool to_write);
  Status write_all(std::string_view bytes);
  Status read_all(char* out, size_t size);
  int in_;
  int out_;
  Guard guard_;
};

}  // namespace spillguard::extract
