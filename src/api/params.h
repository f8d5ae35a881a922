// Parameters of requests. Errors name the parameter, what came and what is taken.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "http/message.h"

namespace spillguard::api {

// true/false in any spelling that clients use; nothing when absent or empty.
Result<std::optional<bool>> bool_param(const http::Request& request, std::string_view name);
// A whole number of at least `min`; nothing when absent or empty.
Result<std::optional<int64_t>> number_param(const http::Request& request, std::string_view name,
                                            int64_t min);
Result<std::string> required_param(const http::Request& request, std::string_view name);
// "2021-08-15T17:54:36.860-05:00"; a '+' of the zone that a client forgot to escape is understood.
Result<std::optional<TimeMs>> time_param(const http::Request& request, std::string_view name);
// Comma-separated or repeated numbers.
Result<std::vector<int32_t>> id_list_param(const http::Request& request, std::string_view name);

// Which findings to show. Both products take both styles, start+size (offset) and page+size;
// and after+size, which names the last finding of the page before.
struct Paging {
  static constexpr int64_t kDefaultSize = 50;
  static constexpr int64_t kMaxSize = 1000;  // more is cut to it, and the answer says so
  int64_t start = 0;
  int64_t size = kDefaultSize;
  int64_t after = 0;  // the id behind which the page begins, in place of start
  [[nodiscard]] int64_t page() const { return start / size; }
};
Result<Paging> paging_params(const http::Request& request);

}  // namespace spillguard::api
