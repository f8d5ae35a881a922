// The arguments of a call, as far as they are literals: "v", b"v", "v".to_string(), GetBytes("v").
// Thread-safety: pure functions; they look at a bounded stretch.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "detect/generic/value.h"

namespace spillguard::detect::generic {

struct CallArgument {
  bool text = false;             // a literal, empty or not
  std::optional<Value> literal;  // one that is not empty
};

struct CallArguments {
  static constexpr size_t kMost = 5;
  std::array<CallArgument, kMost> list;
  size_t count = 0;  // of those that end where the others can be told from them
};

// Reads them from behind the parenthesis on.
CallArguments call_arguments(std::string_view text, size_t from);

}  // namespace spillguard::detect::generic
