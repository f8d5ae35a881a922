// A string that must not be printed: credentials, keys, matched secrets on their way through.
// Formatting it gives "***"; the bytes are wiped when it is destroyed.
#pragma once

#include <fmt/core.h>

#include <algorithm>
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
  Secret& operator=(const Secret& other) {
    if (this != &other) {
      clear();  // a longer value would free the old one's memory as it is
      value_ = other.value_;
    }
    return *this;
  }
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
    // All of the capacity: a short string that was moved from is empty, and its bytes still there.
    value_.resize(value_.capacity());
    wipe(value_.data(), value_.size());
    value_.clear();
  }

 private:
  std::string value_;
};

}  // namespace spillguard

// Takes "{}" alone. On its own feet: the formatters of texts are defined in fmt/format.h only,
// which every user of a Secret would have to include.
template <>
struct fmt::formatter<spillguard::Secret> {
  static constexpr auto parse(format_parse_context& context) { return context.begin(); }
  template <typename Context>
  auto format(const spillguard::Secret& /*secret*/, Context& context) const {
    constexpr std::string_view kStars = "***";
    return std::copy(kStars.begin(), kStars.end(), context.out());
  }
};
