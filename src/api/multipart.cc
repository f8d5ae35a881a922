#include "api/multipart.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

#include "base/strings.h"

namespace spillguard::api {
namespace {

// The value of `name="…"` or name=… in a header such as Content-Disposition. Quoted values may hold
// the separator; backslashes are kept as they are: names of fields have none.
std::optional<std::string_view> header_param(std::string_view header, std::string_view name) {
  size_t at = header.find(';');
  while (at != std::string_view::npos && at < header.size()) {
    std::string_view rest = trim(header.substr(at + 1));
    const size_t equals = rest.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view key = trim(rest.substr(0, equals));
    std::string_view value = rest.substr(equals + 1);
    size_t end = 0;
    if (value.starts_with('"')) {
      value.remove_prefix(1);
      end = value.find('"');
      if (end == std::string_view::npos) return std::nullopt;
    } else {
      end = std::min(value.find(';'), value.size());
    }
    if (equals_ignore_case(key, name)) return value.substr(0, end);
    const auto offset = static_cast<size_t>(value.data() - header.data()) + end;
    at = header.find(';', offset);
  }
  return std::nullopt;
}

// The headers of a part, line by line.
std::optional<std::string_view> part_name(std::string_view headers) {
  while (!headers.empty()) {
    const size_t end = headers.find("\r\n");
    const std::string_view line = headers.substr(0, end);
    constexpr std::string_view kDisposition = "content-disposition:";
    if (starts_with_ignore_case(line, kDisposition)) return header_param(line, "name");
    if (end == std::string_view::npos) return std::nullopt;
    headers.remove_prefix(end + 2);
  }
  return std::nullopt;
}

}  // namespace

Result<std::string_view> uploaded_file(const http::Request& request, std::string_view name) {
  const std::string_view type = request.headers.get("Content-Type").value_or("");
  if (!starts_with_ignore_case(trim(type), "multipart/form-data")) return request.body;
  const auto boundary = header_param(type, "boundary");
  if (!boundary || boundary->empty() || boundary->size() > 200) {
    return fail(Code::kInvalidArgument, "The form has no boundary in its Content-Type.");
  }
  const std::string delimiter = "--" + std::string(*boundary);
  const std::string_view body = request.body;
  size_t at = body.find(delimiter);
  while (at != std::string_view::npos) {
    at += delimiter.size();
    if (body.substr(at, 2) == "--") break;  // the last one
    const size_t headers = body.find("\r\n", at);
    const size_t content = body.find("\r\n\r\n", at);
    if (headers == std::string_view::npos || content == std::string_view::npos) break;
    const size_t end = body.find("\r\n" + delimiter, content + 2);
    if (end == std::string_view::npos) break;
    if (part_name(body.substr(headers + 2, content - headers - 2)) == name) {
      // An empty part shares its line end with the delimiter.
      return end <= content + 4 ? std::string_view() : body.substr(content + 4, end - content - 4);
    }
    at = end + 2;
  }
  return fail(
      Code::kInvalidArgument,
      fmt::format("The form has no part named '{0}': send the file by curl -F {0}=@FILE.", name));
}

}  // namespace spillguard::api
