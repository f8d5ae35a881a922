#include "api/params.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/strings.h"

namespace spillguard::api {
namespace {

// A parameter without a value (size=) counts as not given: so do templates that clients fill
// partly.
std::optional<std::string_view> given(const http::Request& request, std::string_view name) {
  const auto value = request.query_value(name);
  return value && !trim(*value).empty() ? std::optional(trim(*value)) : std::nullopt;
}

// What came, cut: it goes into an answer.
std::string shown(std::string_view value) {
  return to_valid_utf8(value.substr(0, std::min<size_t>(value.size(), 60)));
}

// What JavaScript still counts exactly.
constexpr int64_t kMostNumber = 9'007'199'254'740'991;

}  // namespace

Result<std::optional<int64_t>> number_param(const http::Request& request, std::string_view name,
                                            int64_t min) {
  const auto text = given(request, name);
  if (!text) return std::optional<int64_t>{};
  const auto number = parse_int(*text);
  if (!number || *number < min || *number > kMostNumber) {
    return fail(Code::kInvalidArgument,
                fmt::format("The parameter '{}' must be a whole number of at least {}, not '{}'.",
                            name, min, shown(*text)));
  }
  return number;
}

Result<std::optional<bool>> bool_param(const http::Request& request, std::string_view name) {
  const auto text = given(request, name);
  if (!text) return std::optional<bool>{};
  const auto flag = parse_bool(*text);
  if (!flag) {
    return fail(
        Code::kInvalidArgument,
        fmt::format("The parameter '{}' must be true or false, not '{}'.", name, shown(*text)));
  }
  return flag;
}

Result<std::string> required_param(const http::Request& request, std::string_view name) {
  const auto text = given(request, name);
  if (!text) {
    return fail(Code::kInvalidArgument,
                fmt::format("The parameter '{0}' is required: add ?{0}=… to the address.", name));
  }
  return std::string(*text);
}

Result<std::optional<TimeMs>> time_param(const http::Request& request, std::string_view name) {
  const auto text = given(request, name);
  if (!text) return std::optional<TimeMs>{};
  std::string spelled(*text);
  if (const size_t zone = spelled.rfind(' '); zone != std::string::npos && zone > 10)
    spelled[zone] = '+';
  const auto time = parse_iso8601(spelled);
  if (!time) {
    return fail(
        Code::kInvalidArgument,
        fmt::format("The parameter '{}' must be a time such as 2021-08-15T17:54:36.860-05:00, "
                    "not '{}'.",
                    name, shown(*text)));
  }
  return time;
}

Result<std::vector<int32_t>> id_list_param(const http::Request& request, std::string_view name) {
  std::vector<int32_t> ids;
  for (const std::string_view value : request.query_values(name)) {
    for (const std::string_view piece : split(value, ',')) {
      if (trim(piece).empty()) continue;
      const auto id = parse_int(trim(piece));
      if (!id || *id < 0 || *id > std::numeric_limits<int32_t>::max()) {
        return fail(Code::kInvalidArgument,
                    fmt::format("The parameter '{}' must be numbers with commas between, not '{}'.",
                                name, shown(value)));
      }
      ids.push_back(static_cast<int32_t>(*id));
    }
  }
  return ids;
}

Result<Paging> paging_params(const http::Request& request) {
  Paging paging;
  SG_ASSIGN(const auto size, number_param(request, "size", 1));
  SG_ASSIGN(const auto start, number_param(request, "start", 0));
  SG_ASSIGN(const auto page, number_param(request, "page", 0));
  SG_ASSIGN(const auto after, number_param(request, "after", 0));
  if (after && (start || page)) {
    return fail(Code::kInvalidArgument,
                "Give either 'after' (the 'next' of the last page), or 'start' or 'page'.");
  }
  paging.after = after.value_or(0);
  if (start && page) {
    return fail(Code::kInvalidArgument,
                "Give either 'start' (an offset) or 'page' (a page number), not both.");
  }
  paging.size = std::min(size.value_or(Paging::kDefaultSize), Paging::kMaxSize);
  paging.start = start.value_or(page.value_or(0) * paging.size);
  return paging;
}

}  // namespace spillguard::api
