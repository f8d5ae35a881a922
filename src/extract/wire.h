// The bytes of messages: numbers little-endian, texts with their length in front.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "extract/document.h"
#include "extract/limits.h"

namespace spillguard::extract {

class WireWriter {
 public:
  void number(uint64_t value);
  void text(std::string_view value);
  [[nodiscard]] std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// Reads what a process that may be under a stranger's control wrote: never past the end. After the
// first thing that is not there everything is zero and ok() is false.
class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : rest_(bytes) {}
  uint64_t number();
  std::string_view text();
  [[nodiscard]] bool ok() const { return ok_; }
  // All was read and nothing is left.
  [[nodiscard]] bool done() const { return ok_ && rest_.empty(); }
  [[nodiscard]] size_t left() const { return rest_.size(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

// kCorrupt for what is no such message, or says more than it could.
std::string pack_part(const Part& part);
Result<Part> unpack_part(std::string_view bytes);
std::string pack_outcome(const Outcome& outcome);
Result<Outcome> unpack_outcome(std::string_view bytes);
std::string pack_job(const Limits& limits, std::string_view name);
Status unpack_job(std::string_view bytes, Limits& limits, std::string& name);

}  // namespace spillguard::extract
