#include "http/target.h"

#include <algorithm>
#include <optional>

#include "base/strings.h"

namespace spillguard::http {
namespace {

tl::unexpected<Error> refuse(std::string_view why) {
  return fail(Code::kInvalidArgument, std::string(why));
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7F;
}

// U+0080 to U+009F in valid UTF-8.
bool has_c1_control(std::string_view text) {
  for (size_t i = 0; i + 1 < text.size(); ++i) {
    const auto next = static_cast<unsigned char>(text[i + 1]);
    if (text[i] == '\xC2' && next >= 0x80 && next <= 0x9F) return true;
  }
  return false;
}

int target_hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Whether a decoded segment still holds an escape that a second decoding, by somebody behind or
// before us, would turn into path syntax.
bool has_second_escape(std::string_view decoded) {
  for (size_t i = 0; i + 2 < decoded.size(); ++i) {
    if (decoded[i] != '%') continue;
    const int high = target_hex_digit(decoded[i + 1]);
    const int low = target_hex_digit(decoded[i + 2]);
    if (high < 0 || low < 0) continue;
    const char c = static_cast<char>(high * 16 + low);
    if (is_control(c) || c == '.' || c == '/' || c == '\\' || c == ';' || c == '%') return true;
  }
  return false;
}

Result<std::string> decode_segment(std::string_view raw) {
  if (raw.empty()) return refuse("the path has an empty segment (\"//\")");
  auto decoded = percent_decode(raw);
  if (!decoded) return refuse("the path has a broken percent escape");
  const std::string& text = *decoded;
  for (const char c : text) {
    if (c == '/') return refuse("the path has an encoded slash (%2F)");
    if (c == '\\') return refuse("the path has a backslash, raw or as %5C");
    if (c == ';') return refuse("the path has a semicolon, raw or as %3B");
    if (c == '\0') return refuse("the path has a NUL byte");
    if (is_control(c)) return refuse("the path has a control character");
  }
  if (text == "." || text == "..") {
    return refuse("the path has a \".\" or \"..\" segment; send the path that is meant");
  }
  if (has_second_escape(text)) return refuse("the path is percent-encoded twice");
  if (!is_valid_utf8(text)) return refuse("the path is not valid UTF-8");
  if (has_c1_control(text)) return refuse("the path has a control character");
  return decoded;
}

// "http://host/path" becomes "/path"; nothing when raw is not of that form at all.
std::optional<std::string_view> strip_origin(std::string_view raw) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!starts_with_ignore_case(raw, scheme)) continue;
    const std::string_view rest = raw.substr(scheme.size());
    const size_t end = std::min(rest.find_first_of("/?"), rest.size());
    const std::string_view authority = rest.substr(0, end);
    if (authority.empty() || authority.find_first_of("@\\%") != std::string_view::npos) {
      return std::nullopt;
    }
    return rest.substr(end);
  }
  return std::nullopt;
}

Result<std::string> decode_query_part(std::string_view raw) {
  auto decoded = percent_decode(raw, /*plus_is_space=*/true);
  if (!decoded) return refuse("the query has a broken percent escape");
  if (decoded->find('\0') != std::string::npos) return refuse("the query has a NUL byte");
  if (!is_valid_utf8(*decoded)) return refuse("the query is not valid UTF-8");
  return decoded;
}

}  // namespace

Result<Target> parse_target(std::string_view raw) {
  if (raw.empty()) return refuse("the request has no target");
  for (const char c : raw) {
    if (c == ' ' || is_control(c)) return refuse("the target has a space or control character");
    if (c == '#') return refuse("the target has a fragment (\"#\")");
  }
  std::string_view rest = raw;
  if (rest.front() != '/') {
    const auto stripped = strip_origin(raw);
    if (!stripped) return refuse("the target must be a path or an http(s) URL of this server");
    rest = *stripped;
  }
  const size_t question = rest.find('?');
  std::string_view path = rest.substr(0, question);

  Target target;
  if (!path.empty()) path.remove_prefix(1);
  // One slash at the end means nothing to us; two would be an empty segment.
  if (!path.empty() && path.back() == '/') {
    path.remove_suffix(1);
    if (path.empty()) return refuse("the path has an empty segment (\"//\")");
  }
  if (!path.empty()) {
    for (const std::string_view part : split(path, '/')) {
      SG_ASSIGN(std::string segment, decode_segment(part));
      target.path += '/';
      target.path += segment;
      target.segments.push_back(std::move(segment));
    }
  }
  if (target.path.empty()) target.path = "/";
  if (question != std::string_view::npos) {
    SG_ASSIGN(target.query, parse_query(rest.substr(question + 1)));
  }
  return target;
}

Result<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view raw) {
  std::vector<std::pair<std::string, std::string>> query;
  for (const std::string_view pair : split(raw, '&')) {
    if (pair.empty()) continue;
    const size_t equals = pair.find('=');
    SG_ASSIGN(std::string name, decode_query_part(pair.substr(0, equals)));
    std::string value;
    if (equals != std::string_view::npos) {
      SG_ASSIGN(value, decode_query_part(pair.substr(equals + 1)));
    }
    query.emplace_back(std::move(name), std::move(value));
  }
  return query;
}

}  // namespace spillguard::http
