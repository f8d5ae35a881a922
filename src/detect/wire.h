// The form of what the build step stores for the program: numbers of seven bits a byte, the lowest
// first, texts and lists after their lengths. Thread-safety: none; one writer or reader, one
// thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spillguard::detect {

class WireWriter {
 public:
  void number(uint64_t value) {
    for (; value >= 0x80; value >>= 7U) out_ += static_cast<char>(value | 0x80U);
    out_ += static_cast<char>(value);
  }
  void text(std::string_view value) {
    number(value.size());
    out_ += value;
  }
  void list(const std::vector<std::string>& values) {
    number(values.size());
    for (const std::string& value : values) text(value);
  }
  void bytes(std::string_view value) { out_ += value; }

  [[nodiscard]] const std::string& str() const { return out_; }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

// Reads what a WireWriter wrote. What is cut off or out of range makes it fail for good: from then
// on numbers are 0 and texts empty, so that one look at ok() at the end is enough.
class WireReader {
 public:
  explicit WireReader(std::string_view in) : in_(in) {}

  [[nodiscard]] uint64_t number() {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (in_.empty()) return fail_number();
      const auto byte = static_cast<unsigned char>(in_.front());
      in_.remove_prefix(1);
      value |= uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80) return value;
    }
    return fail_number();
  }
  // A number up to `most`.
  [[nodiscard]] uint32_t number(uint32_t most) {
    const uint64_t value = number();
    return static_cast<uint32_t>(value <= most ? value : fail_number());
  }
  // A view into what is read.
  [[nodiscard]] std::string_view bytes(uint64_t size) {
    if (size > in_.size()) {
      fail_number();
      return {};
    }
    const std::string_view out = in_.substr(0, size);
    in_.remove_prefix(size);
    return out;
  }
  [[nodiscard]] std::string_view text() { return bytes(number()); }
  // How many entries follow: each takes a byte at least, so that no broken number asks for memory.
  [[nodiscard]] size_t count() {
    const uint64_t value = number();
    return value <= in_.size() ? value : fail_number();
  }
  [[nodiscard]] std::vector<std::string> list() {
    std::vector<std::string> out(count());
    for (std::string& value : out) value = text();
    return out;
  }

  // What was not read yet.
  [[nodiscard]] std::string_view rest() const { return in_; }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool ok_and_at_end() const { return ok_ && in_.empty(); }

 private:
  uint64_t fail_number() {
    ok_ = false;
    in_ = {};
    return 0;
  }

  std::string_view in_;
  bool ok_ = true;
};

}  // namespace spillguard::detect
