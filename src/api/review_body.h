// What a request says of one review: {"matchText","ruleName"} as documented, and on top
// "fingerprint" in place of the text, "reason", "expiresAt".
#pragma once

#include <string>
#include <string_view>

#include "base/crypto.h"
#include "base/error.h"
#include "base/time.h"

namespace spillguard::api {

inline constexpr size_t kMaxReviewedText = 256 * 1024;

struct ReviewBody {
  Fingerprint fingerprint;
  std::string text;  // "" when the fingerprint was given
  std::string rule_name;
  std::string reason;
  TimeMs expires_at = 0;
};

// The body is JSON whatever its content type says. kInvalidArgument names the member.
Result<ReviewBody> read_review_body(const MasterKey& key, std::string_view body, TimeMs now);

// A time in the future, "2030-01-31T00:00:00Z" or a date alone.
Result<TimeMs> parse_expiry(std::string_view text, TimeMs now);
// Names of rules and reasons are kept in clear: they must not hold the reviewed text.
Status check_review_words(std::string_view text, std::string_view rule_name,
                          std::string_view reason);

}  // namespace spillguard::api
