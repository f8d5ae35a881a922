#include "hosts/download_path.h"

#include "base/encoding.h"
#include "base/strings.h"

namespace spillguard::hosts {

namespace {

bool is_plain_in_path(char c) {
  // Of RFC 3986's path characters all but ';', which servers read as the begin of parameters.
  constexpr std::string_view kOthers = "-._~!$&'()*+,=:@/";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kOthers.find(c) != std::string_view::npos;
}

bool is_escape(std::string_view text) {
  return text.size() >= 3 && text[0] == '%' && percent_decode(text.substr(0, 3)).has_value();
}

// What is encoded stays as the host wrote it, all else that a URL may not hold is encoded.
std::string encoded(std::string_view text, bool query) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (is_escape(text.substr(i))) {
      out += text.substr(i, 3);
      i += 2;
    } else if (is_plain_in_path(text[i]) || (query && text[i] == '?')) {
      out += text[i];
    } else {
      out += percent_encode(text.substr(i, 1));
    }
  }
  return out;
}

// Such as "..", "%2e.", "a%2f..%2fb", "a\b" or one with a NUL.
bool leads_elsewhere(std::string_view segment) {
  const auto plain = percent_decode(segment);
  if (!plain) return true;
  for (const std::string_view part : split(*plain, '/')) {
    if (part == "." || part == "..") return true;
  }
  return plain->find('\0') != std::string::npos || plain->find('\\') != std::string::npos;
}

}  // namespace

Result<std::string> download_path(std::string_view link, std::string_view prefix) {
  const Error wrong{Code::kCorrupt,
                    "the host's link to an attachment has no path below " + std::string(prefix)};
  const size_t fragment = link.find('#');
  link = link.substr(0, fragment);
  const size_t mark = link.find('?');
  const std::string_view path = link.substr(0, mark);
  const size_t begin = path.find(prefix);
  if (begin == std::string_view::npos) return fail(wrong);
  std::string below = encoded(path.substr(begin), false);
  const auto segments = split(std::string_view(below).substr(prefix.size()), '/');
  for (const std::string_view segment : segments) {
    if (leads_elsewhere(segment)) return fail(wrong);
  }
  if (segments.empty() || segments.front().empty()) return fail(wrong);
  if (mark != std::string_view::npos) below += "?" + encoded(link.substr(mark + 1), true);
  return below;
}

}  // namespace spillguard::hosts
