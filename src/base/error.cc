#include "base/error.h"

#include <array>
#include <cstdio>
#include <cstdlib>

namespace spillguard {
namespace {

struct CodeRow {
  Code code;
  std::string_view name;
  int status;
  bool retryable;
};

constexpr std::array kCodes = {
    CodeRow{Code::kInvalidArgument, "invalid_argument", 400, false},
    CodeRow{Code::kUnauthenticated, "unauthenticated", 401, false},
    CodeRow{Code::kPermissionDenied, "permission_denied", 403, false},
    CodeRow{Code::kNotFound, "not_found", 404, false},
    CodeRow{Code::kConflict, "conflict", 409, false},
    CodeRow{Code::kTooLarge, "too_large", 413, false},
    CodeRow{Code::kRateLimited, "rate_limited", 429, true},
    CodeRow{Code::kUnavailable, "unavailable", 503, true},
    CodeRow{Code::kTimeout, "timeout", 504, true},
    CodeRow{Code::kCancelled, "cancelled", 503, true},
    CodeRow{Code::kCorrupt, "corrupt", 500, false},
    CodeRow{Code::kIo, "io", 500, true},
    CodeRow{Code::kUnsupported, "unsupported", 501, false},
    CodeRow{Code::kInternal, "internal", 500, false},
};

const CodeRow& row_of(Code code) { return kCodes.at(static_cast<size_t>(code)); }

constexpr bool table_follows_the_enum() {
  for (size_t i = 0; i < kCodes.size(); ++i) {
    if (static_cast<size_t>(kCodes[i].code) != i) return false;
  }
  return true;
}
static_assert(table_follows_the_enum());

}  // namespace

std::string_view code_name(Code code) { return row_of(code).name; }
bool is_retryable(Code code) { return row_of(code).retryable; }
int http_status(Code code) { return row_of(code).status; }

Error Error::context(std::string_view what) const& { return Error(*this).context(what); }

Error Error::context(std::string_view what) && {
  std::string text(what);
  text += ": ";
  text += message;
  return Error{code, std::move(text)};
}

namespace internal {
void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "spillguard: internal check failed: %s (%s:%d)\n", condition, file, line);
  std::abort();
}
}  // namespace internal
}  // namespace spillguard
