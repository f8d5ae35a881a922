#include "api/review_body.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/strings.h"

namespace spillguard::api {
namespace {

constexpr size_t kMaxRuleName = 255;
constexpr size_t kMaxReason = 4'000;
// Shorter texts stand in any sentence.
constexpr size_t kTellingText = 6;

Result<std::string> text_member(const boost::json::object& body, std::string_view name) {
  const auto* value = body.if_contains(name);
  if (value == nullptr || value->is_null()) return std::string();
  if (!value->is_string()) {
    return fail(Code::kInvalidArgument, fmt::format("'{}' must be text.", name));
  }
  return std::string(value->get_string());
}

}  // namespace

Result<TimeMs> parse_expiry(std::string_view text, TimeMs now) {
  const auto time = parse_iso8601(text);
  if (!time) {
    return fail(Code::kInvalidArgument,
                "'expiresAt' must be a time such as 2030-01-31T00:00:00Z, or a date");
  }
  if (*time <= now) return fail(Code::kInvalidArgument, "'expiresAt' is in the past");
  return *time;
}

Status check_review_words(std::string_view text, std::string_view rule_name,
                          std::string_view reason) {
  if (rule_name.size() > kMaxRuleName) {
    return fail(Code::kInvalidArgument,
                fmt::format("'ruleName' is longer than {} bytes", kMaxRuleName));
  }
  if (reason.size() > kMaxReason) {
    return fail(Code::kInvalidArgument,
                fmt::format("'reason' is longer than {} bytes", kMaxReason));
  }
  if (!is_valid_utf8(rule_name) || !is_valid_utf8(reason)) {
    return fail(Code::kInvalidArgument, "'ruleName' and 'reason' must be UTF-8");
  }
  if (text.size() < kTellingText) return {};
  for (const std::string_view words : {rule_name, reason}) {
    if (words.find(text) != std::string_view::npos) {
      return fail(Code::kInvalidArgument,
                  "'ruleName' and 'reason' are kept in clear and must not hold the reviewed text");
    }
  }
  return {};
}

Result<ReviewBody> read_review_body(const MasterKey& key, std::string_view body, TimeMs now) {
  boost::system::error_code error;
  const boost::json::value parsed = boost::json::parse(body, error);
  const auto* object = parsed.if_object();
  if (error || object == nullptr) {
    return fail(Code::kInvalidArgument,
                R"(The body must be JSON such as {"matchText":"…","ruleName":"…"}.)");
  }
  ReviewBody out;
  SG_ASSIGN(out.text, text_member(*object, "matchText"));
  SG_ASSIGN(out.rule_name, text_member(*object, "ruleName"));
  SG_ASSIGN(out.reason, text_member(*object, "reason"));
  SG_ASSIGN(const std::string told, text_member(*object, "fingerprint"));
  SG_ASSIGN(const std::string expires, text_member(*object, "expiresAt"));
  if (out.text.size() > kMaxReviewedText) {
    return fail(Code::kInvalidArgument, "'matchText' is too long for a match.");
  }
  if (!told.empty()) {
    const auto fingerprint = Fingerprint::parse(told.size() == 64 ? told : "-");
    if (!fingerprint) {
      return fail(Code::kInvalidArgument, "'fingerprint' must be the 64 hex digits of a finding.");
    }
    out.fingerprint = *fingerprint;
    if (!out.text.empty() && key.fingerprint(out.text) != out.fingerprint) {
      return fail(Code::kInvalidArgument, "'fingerprint' is not that of 'matchText'.");
    }
  } else if (out.text.empty()) {
    return fail(Code::kInvalidArgument,
                "'matchText' is required: the exact text as a finding shows it.");
  } else {
    out.fingerprint = key.fingerprint(out.text);
  }
  if (!expires.empty()) {
    SG_ASSIGN(out.expires_at, parse_expiry(expires, now));
  }
  SG_TRY(check_review_words(out.text, out.rule_name, out.reason));
  return out;
}

}  // namespace spillguard::api
