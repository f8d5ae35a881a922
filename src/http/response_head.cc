#include "http/response_head.h"

#include <fmt/format.h>

#include <array>
#include <ctime>
#include <iterator>
#include <string_view>

#include "base/strings.h"

namespace spillguard::http {
namespace {

// RFC 9110 section 5.6.7, made once a second and thread.
std::string_view http_date() {
  constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  thread_local std::time_t made_at = -1;
  thread_local std::string text;
  const std::time_t now = std::time(nullptr);
  if (now != made_at) {
    std::tm parts{};
    gmtime_r(&now, &parts);
    text = fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT",
                       kDays.at(static_cast<size_t>(parts.tm_wday)), parts.tm_mday,
                       kMonths.at(static_cast<size_t>(parts.tm_mon)), parts.tm_year + 1900,
                       parts.tm_hour, parts.tm_min, parts.tm_sec);
    made_at = now;
  }
  return text;
}

bool is_ours(std::string_view name) {
  for (const std::string_view ours :
       {"Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Date", "Server"}) {
    if (equals_ignore_case(name, ours)) return true;
  }
  return false;
}

bool is_token(std::string_view name) {
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7F || c == ':') return false;
  }
  return !name.empty();
}

void append_value(std::string& out, std::string_view value) {
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    out += (byte < 0x20 && c != '\t') || byte == 0x7F ? ' ' : c;
  }
}

}  // namespace

BodyFraming choose_framing(const Response& response, bool http11) {
  if (response.status < 200 || response.status == 204 || response.status == 304) {
    return BodyFraming::kNone;
  }
  if (!response.stream) return BodyFraming::kLength;
  return http11 ? BodyFraming::kChunked : BodyFraming::kToClose;
}

std::string response_head(const Response& response, const ResponseFrame& frame) {
  std::string out;
  out.reserve(256);
  fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} {}\r\nDate: {}\r\nServer: Spillguard\r\n",
                 response.status, reason_phrase(response.status), http_date());
  for (const auto& [name, value] : response.headers.fields()) {
    if (is_ours(name) || !is_token(name)) continue;
    out += name;
    out += ": ";
    append_value(out, value);
    out += "\r\n";
  }
  switch (frame.framing) {
    case BodyFraming::kLength: {
      // A handler that answers HEAD without making the body may say how long it would be.
      const auto told = response.headers.get("Content-Length");
      const bool trust = frame.head && response.body.empty() && told && parse_int(*told);
      fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n",
                     trust ? std::string(*told) : std::to_string(response.body.size()));
      break;
    }
    case BodyFraming::kChunked:
      out += "Transfer-Encoding: chunked\r\n";
      break;
    case BodyFraming::kToClose:
    case BodyFraming::kNone:
      break;
  }
  if (!frame.keep_alive) {
    out += "Connection: close\r\n";
  } else if (!frame.http11) {
    out += "Connection: keep-alive\r\n";
  }
  out += "\r\n";
  return out;
}

}  // namespace spillguard::http
