// A string that must not be printed: credentials, keys, matched secrets on their way through.
// Formatting it gives "***"; the bytes are wiped when it is destroyed.
#pragma once

#include <fmt/core.h>

#include <string>
#include <string_view>
#include <utility>

namespace spillguard {

// Overwrites memory in a way that the compiler may not drop.
void wipe(void* data, size_t size);

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  Secret(const Secret&) = default;
  Secret& operator=(const Secret&) = default;
  Secret(Secret&& other) noexcept : value_(std::move(other.value_)) { other.clear(); }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      clear();
      value_ = std::move(other.value_);
      other.clear();
    }
    return *this;
  }
  ~Secret() { clear(); }

  // The clear text. Each use is a place where it may leak: keep it short and look twice.
  [[nodiscard]] std::string_view reveal() const { return value_; }
  [[nodiscard]] bool empty() const { return value_.empty(); }
  void clear() {
    wipe(value_.data(), value_.size());
    value_.clear();
  }

 private:
  std::string value_;
};

}  // namespace spillguard

template <>
struct fmt::formatter<spillguard::Secret> : fmt::formatter<std::string_view> {
  template <typename Context>
  auto format(const spillguard::Secret& /*secret*/, Context& context) const {
    return fmt::formatter<std::string_view>::format("***", context);
  }
};
