#include "http/message.h"

#include <algorithm>
#include <array>

#include "base/json_writer.h"
#include "base/strings.h"

namespace spillguard::http {
namespace {

struct ReasonRow {
  int status;
  std::string_view phrase;
};

// RFC 9110 section 15, RFC 6585, and 207/423 as the hosts use them.
constexpr std::array kReasons = {
    ReasonRow{100, "Continue"},
    ReasonRow{101, "Switching Protocols"},
    ReasonRow{200, "OK"},
    ReasonRow{201, "Created"},
    ReasonRow{202, "Accepted"},
    ReasonRow{204, "No Content"},
    ReasonRow{205, "Reset Content"},
    ReasonRow{206, "Partial Content"},
    ReasonRow{207, "Multi-Status"},
    ReasonRow{301, "Moved Permanently"},
    ReasonRow{302, "Found"},
    ReasonRow{303, "See Other"},
    ReasonRow{304, "Not Modified"},
    ReasonRow{307, "Temporary Redirect"},
    ReasonRow{308, "Permanent Redirect"},
    ReasonRow{400, "Bad Request"},
    ReasonRow{401, "Unauthorized"},
    ReasonRow{403, "Forbidden"},
    ReasonRow{404, "Not Found"},
    ReasonRow{405, "Method Not Allowed"},
    ReasonRow{406, "Not Acceptable"},
    ReasonRow{408, "Request Timeout"},
    ReasonRow{409, "Conflict"},
    ReasonRow{410, "Gone"},
    ReasonRow{411, "Length Required"},
    ReasonRow{412, "Precondition Failed"},
    ReasonRow{413, "Content Too Large"},
    ReasonRow{414, "URI Too Long"},
    ReasonRow{415, "Unsupported Media Type"},
    ReasonRow{416, "Range Not Satisfiable"},
    ReasonRow{417, "Expectation Failed"},
    ReasonRow{421, "Misdirected Request"},
    ReasonRow{422, "Unprocessable Content"},
    ReasonRow{423, "Locked"},
    ReasonRow{428, "Precondition Required"},
    ReasonRow{429, "Too Many Requests"},
    ReasonRow{431, "Request Header Fields Too Large"},
    ReasonRow{500, "Internal Server Error"},
    ReasonRow{501, "Not Implemented"},
    ReasonRow{502, "Bad Gateway"},
    ReasonRow{503, "Service Unavailable"},
    ReasonRow{504, "Gateway Timeout"},
    ReasonRow{505, "HTTP Version Not Supported"},
    ReasonRow{507, "Insufficient Storage"},
};

using Pairs = std::vector<std::pair<std::string, std::string>>;

std::optional<std::string_view> first_of(const Pairs& pairs, std::string_view name) {
  for (const auto& [key, value] : pairs) {
    if (key == name) return value;
  }
  return std::nullopt;
}

}  // namespace

void Headers::set(std::string_view name, std::string value) {
  auto same = [&](const auto& field) { return equals_ignore_case(field.first, name); };
  const auto first = std::find_if(fields_.begin(), fields_.end(), same);
  if (first == fields_.end()) {
    fields_.emplace_back(std::string(name), std::move(value));
    return;
  }
  first->second = std::move(value);
  fields_.erase(std::remove_if(first + 1, fields_.end(), same), fields_.end());
}

std::optional<std::string_view> Headers::get(std::string_view name) const {
  for (const auto& [key, value] : fields_) {
    if (equals_ignore_case(key, name)) return value;
  }
  return std::nullopt;
}

std::vector<std::string_view> Headers::all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const auto& [key, value] : fields_) {
    if (equals_ignore_case(key, name)) values.emplace_back(value);
  }
  return values;
}

std::optional<std::string_view> Request::query_value(std::string_view name) const {
  return first_of(query, name);
}

std::vector<std::string_view> Request::query_values(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const auto& [key, value] : query) {
    if (key == name) values.emplace_back(value);
  }
  return values;
}

std::string_view Request::param(std::string_view name) const {
  return first_of(params, name).value_or(std::string_view{});
}

std::optional<std::string_view> Request::cookie(std::string_view name) const {
  for (const std::string_view line : headers.all("cookie")) {
    for (const std::string_view pair : split(line, ';')) {
      const size_t equals = pair.find('=');
      if (equals == std::string_view::npos) continue;
      if (trim(pair.substr(0, equals)) != name) continue;
      std::string_view value = trim(pair.substr(equals + 1));
      if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
        value = value.substr(1, value.size() - 2);
      }
      return value;
    }
  }
  return std::nullopt;
}

Response Response::json(int status, std::string body) {
  return text(status, std::move(body), "application/json");
}

Response Response::text(int status, std::string body, std::string content_type) {
  Response response;
  response.status = status;
  response.headers.add("Content-Type", std::move(content_type));
  response.body = std::move(body);
  return response;
}

Response Response::error(int status, std::string_view message) {
  std::string body;
  JsonWriter writer(body);
  writer.begin_object();
  writer.field("message", message);
  writer.field("status-code", status);
  writer.end_object();
  return json(status, std::move(body));
}

Response Response::empty(int status) {
  Response response;
  response.status = status;
  return response;
}

std::string_view reason_phrase(int status) {
  const auto row = std::lower_bound(kReasons.begin(), kReasons.end(), status,
                                    [](const ReasonRow& r, int s) { return r.status < s; });
  return row != kReasons.end() && row->status == status ? row->phrase : "Unknown";
}

}  // namespace spillguard::http
