// Errors as values. A function of ours that can fail returns Result<T>; nothing of ours throws.
// Thread-safety: plain values.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace spillguard {

// What kind of failure, for the two tables that need it: HTTP status and retry-or-not.
enum class Code {
  kInvalidArgument,   // the caller's words are wrong
  kUnauthenticated,   // no or bad credential
  kPermissionDenied,  // known caller, not allowed
  kNotFound,          // no such thing, or not visible to the caller
  kConflict,          // exists already, or a stale fencing number
  kTooLarge,          // over a limit that protects us
  kRateLimited,       // the other side asks us to wait
  kUnavailable,       // the other side is down or answers 5xx
  kTimeout,           // no answer in time
  kCancelled,         // we were asked to stop
  kCorrupt,           // data that breaks its own format
  kIo,                // the operating system refused
  kUnsupported,       // understood, and not done here
  kInternal,          // our own mistake
};

// The word that logs and answers use for a code, for example "not_found".
std::string_view code_name(Code code);

// Whether the same call may succeed later without anybody changing anything.
bool is_retryable(Code code);

// The HTTP status that stands for a code.
int http_status(Code code);

// A failure: its kind and a sentence that names the thing and the way out. Never holds a secret.
struct Error {
  Code code = Code::kInternal;
  std::string message;

  // Puts "what: " in front of the message, to say what was being done.
  [[nodiscard]] Error context(std::string_view what) const&;
  [[nodiscard]] Error context(std::string_view what) &&;
};

template <typename T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

// fail(Code::kNotFound, "no rule named X") converts to any Result.
inline tl::unexpected<Error> fail(Code code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message)});
}
inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

namespace internal {
[[noreturn]] void check_failed(const char* condition, const char* file, int line);
}

}  // namespace spillguard

#define SG_CONCAT_INNER(a, b) a##b
#define SG_CONCAT(a, b) SG_CONCAT_INNER(a, b)

// Returns the error of a Status or Result expression to the caller.
#define SG_TRY(expression) SG_TRY_IMPL(SG_CONCAT(sg_status_, __COUNTER__), expression)
#define SG_TRY_IMPL(temp, expression)                                        \
  do {                                                                       \
    if (auto temp = (expression); !temp) {                                   \
      return ::tl::unexpected<::spillguard::Error>(std::move(temp).error()); \
    }                                                                        \
  } while (false)

// SG_ASSIGN(auto rows, read_rows()): binds the value, or returns the error to the caller.
#define SG_ASSIGN(target, expression) \
  SG_ASSIGN_IMPL(SG_CONCAT(sg_result_, __COUNTER__), target, expression)
#define SG_ASSIGN_IMPL(temp, target, expression)                           \
  auto temp = (expression);                                                \
  if (!temp) {                                                             \
    return ::tl::unexpected<::spillguard::Error>(std::move(temp).error()); \
  }                                                                        \
  target = std::move(temp).value()

// A check for programmers' errors: on in all builds, never reachable by input.
#define SG_CHECK(condition) \
  ((condition) ? void() : ::spillguard::internal::check_failed(#condition, __FILE__, __LINE__))
