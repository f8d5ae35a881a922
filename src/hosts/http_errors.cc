#include "hosts/http_errors.h"

#include <algorithm>

#include "base/strings.h"
#include "hosts/json.h"
#include "hosts/pace.h"

namespace spillguard::hosts {

namespace {

constexpr size_t kMaxHostWords = 300;
// A page's title stands near its start; more is not looked at.
constexpr size_t kHtmlLookedAt = 64 * 1024;

std::string one_line(std::string_view words) {
  std::string line;
  for (const char c : trim(words)) {
    const bool blank = static_cast<unsigned char>(c) <= ' ';
    if (blank && (line.empty() || line.back() == ' ')) continue;
    line += blank ? ' ' : c;
    if (line.size() >= kMaxHostWords) break;
  }
  // A cut inside a character would be broken UTF-8.
  while (!line.empty() && !is_valid_utf8(line)) line.pop_back();
  return std::string(trim(line));
}

void append_words(std::string& out, std::string_view words) {
  if (words.empty()) return;
  if (!out.empty()) out += "; ";
  out += words;
}

std::string html_title(std::string_view body) {
  const std::string lower = to_lower(body.substr(0, kHtmlLookedAt));
  for (const std::string_view tag : {"title", "h1"}) {
    const size_t open = lower.find("<" + std::string(tag));
    if (open == std::string::npos) continue;
    const size_t begin = lower.find('>', open);
    if (begin == std::string::npos) continue;
    const size_t end = lower.find("</", begin);
    if (end == std::string::npos) continue;
    if (std::string words = one_line(body.substr(begin + 1, end - begin - 1)); !words.empty()) {
      return words;
    }
  }
  return {};
}

std::string json_words(const Json& json) {
  std::string words;
  const JsonView messages = json["errorMessages"];
  for (size_t i = 0; i < messages.size(); ++i) append_words(words, messages.at(i).string());
  const JsonView errors = json["errors"];
  if (errors.is_object()) {
    for (size_t i = 0; i < errors.size(); ++i) {
      append_words(words, std::string(errors.key_at(i)) + ": " + errors.at(i).text());
    }
  }
  append_words(words, json["message"].string());
  if (words.empty()) append_words(words, json["reason"].string());
  return words;
}

Code code_of_status(int status) {
  switch (status) {
    case 400:
      return Code::kInvalidArgument;
    case 401:
      return Code::kUnauthenticated;
    case 403:
      return Code::kPermissionDenied;
    case 404:
    case 410:
      return Code::kNotFound;
    case 405:
    case 415:
      return Code::kUnsupported;
    case 408:
    case 504:
      return Code::kTimeout;
    case 409:
      return Code::kConflict;
    case 413:
      return Code::kTooLarge;
    case 429:
      return Code::kRateLimited;
    default:
      return status < 500 && status >= 400 ? Code::kInvalidArgument : Code::kUnavailable;
  }
}

}  // namespace

std::string host_words(std::string_view body) {
  const std::string_view start = trim(body.substr(0, kHtmlLookedAt));
  if (start.empty()) return {};
  if (start.front() == '{') {
    const auto json = Json::parse(body);
    return json ? one_line(json_words(*json)) : std::string();
  }
  if (start.front() == '<') return html_title(body);
  return one_line(start);
}

Error http_error(const http::ClientResponse& response, std::string_view what) {
  Code code = code_of_status(response.status);
  std::string words = host_words(response.body);
  std::string hint;
  if (response.status >= 300 && response.status < 400) {
    code = looks_like_login(response) ? Code::kUnauthenticated : Code::kUnavailable;
    hint = code == Code::kUnauthenticated
               ? "the host sent us to its login page"
               : "the host redirects: check the base URL (scheme, name and context path)";
  } else if (const auto denied = response.headers.get("X-Authentication-Denied-Reason")) {
    code = Code::kUnauthenticated;
    hint = denied->find("CAPTCHA") != std::string_view::npos
               ? "the host asks for a CAPTCHA: log in once with a browser as this user"
               : "the host denies the login";
  } else if (response.status == 403 &&
             to_lower(words).find("basic authentication has been disabled") != std::string::npos) {
    code = Code::kUnauthenticated;
    hint = "use a personal access token";
  } else if (response.status == 403 && RateSigns::read(403, response.headers).retry_after_ms > 0) {
    // Confluence was seen to limit with 403.
    code = Code::kRateLimited;
  } else if (response.status == 401) {
    hint = "check user name and password, or the access token";
  }
  std::string message(what);
  message += ": HTTP " + std::to_string(response.status);
  if (!words.empty()) message += ": " + words;
  if (!hint.empty()) message += " (" + hint + ")";
  return Error{code, std::move(message)};
}

bool looks_like_html(const http::ClientResponse& response) {
  if (const auto type = response.headers.get("Content-Type");
      type && starts_with_ignore_case(*type, "text/html")) {
    return true;
  }
  const std::string_view start = trim(std::string_view(response.body).substr(0, 256));
  return !start.empty() && start.front() == '<';
}

bool looks_like_login(const http::ClientResponse& response) {
  if (const auto location = response.headers.get("Location")) {
    const std::string target = to_lower(*location);
    return target.find("login") != std::string::npos ||
           target.find("os_destination") != std::string::npos ||
           target.find("saml") != std::string::npos || target.find("sso") != std::string::npos;
  }
  if (!looks_like_html(response)) return false;
  const std::string page = to_lower(std::string_view(response.body).substr(0, kHtmlLookedAt));
  return page.find("login.jsp") != std::string::npos ||
         page.find("dologin.action") != std::string::npos ||
         page.find("os_username") != std::string::npos;
}

bool login_refused(const http::Headers& headers) {
  for (const std::string_view reason : headers.all("X-Seraph-LoginReason")) {
    if (reason.find("AUTHENTICATED_FAILED") != std::string_view::npos ||
        reason.find("AUTHENTICATION_DENIED") != std::string_view::npos ||
        reason.find("AUTHORISATION_FAILED") != std::string_view::npos || trim(reason) == "OUT") {
      return true;
    }
  }
  return false;
}

std::optional<TimeMs> parse_http_date(std::string_view text) {
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  constexpr size_t kLength = std::string_view("Sun, 06 Nov 1994 08:49:37 GMT").size();
  if (text.size() != kLength || !text.ends_with(" GMT")) return std::nullopt;
  const size_t month = kMonths.find(text.substr(8, 3));
  if (month == std::string_view::npos || month % 3 != 0) return std::nullopt;
  std::string iso(text.substr(12, 4));
  const std::string number = std::to_string(month / 3 + 1);
  iso += "-" + std::string(2 - number.size(), '0') + number + "-";
  iso += text.substr(5, 2);
  iso += "T";
  iso += text.substr(17, 8);
  return parse_iso8601(iso + "Z");
}

std::string answered_user(const http::Headers& headers) {
  const auto value = headers.get("X-AUSERNAME");
  if (!value) return {};
  auto decoded = percent_decode(trim(*value), true);
  return decoded ? *decoded : std::string(trim(*value));
}

}  // namespace spillguard::hosts
