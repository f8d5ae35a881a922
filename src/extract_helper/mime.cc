#include "extract_helper/mime.h"

#include <algorithm>
#include <optional>

#include "base/encoding.h"
#include "base/strings.h"
#include "extract_helper/charset.h"

namespace spillguard::extract {
namespace mime {
namespace {

std::string_view take_line(std::string_view& rest) {
  const size_t end = rest.find('\n');
  std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  if (!line.empty() && line.back() == '\r') {
    line.remove_suffix(1);
  }
  return line;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::string quoted_printable(std::string_view text, bool in_header) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '_' && in_header) {
      out += ' ';
    } else if (c != '=' || i + 1 >= text.size()) {
      out += c;
    } else if (i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0) {
      out += static_cast<char>(
          static_cast<unsigned char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2])));
      i += 2;
    } else if (text[i + 1] == '\n') {
      ++i;
    } else if (text[i + 1] == '\r' && i + 2 < text.size() && text[i + 2] == '\n') {
      i += 2;
    } else {
      out += c;
    }
  }
  return out;
}

// All letters of the alphabet in their order, whatever stands between them: mailers fold lines, and
// cut ends.
std::string base64(std::string_view text) {
  std::string letters;
  letters.reserve(text.size());
  std::string out;
  const auto flush = [&] {
    while (letters.size() % 4 == 1) {
      letters.pop_back();
    }
    if (const auto bytes = base64_decode(letters)) {
      out += *bytes;
    }
    letters.clear();
  };
  for (const char c : text) {
    if (c == '=') {
      flush();  // another may follow it
    } else if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               c == '+' || c == '/') {
      letters += c;
    }
  }
  flush();
  return out;
}

// RFC 2231: charset'language'percent-encoded.
std::string extended_value(std::string_view value) {
  const size_t first = value.find('\'');
  const size_t second = first == std::string_view::npos ? first : value.find('\'', first + 1);
  if (second == std::string_view::npos) {
    return percent_decode(value).value_or(std::string(value));
  }
  const auto bytes = percent_decode(value.substr(second + 1));
  return bytes ? decode_text(*bytes, value.substr(0, first)) : std::string(value);
}

// The next "name=value" behind a semicolon; quotes are taken off.
bool next_parameter(std::string_view& rest, std::string_view& name, std::string& value) {
  const size_t semicolon = rest.find(';');
  if (semicolon == std::string_view::npos) {
    return false;
  }
  rest.remove_prefix(semicolon + 1);
  const size_t stop = rest.find_first_of("=;");
  if (stop == std::string_view::npos || rest[stop] == ';') {
    name = {};
    return stop != std::string_view::npos;
  }
  name = trim(rest.substr(0, stop));
  rest.remove_prefix(stop + 1);
  while (!rest.empty() && (rest.front() == ' ' || rest.front() == '\t')) {
    rest.remove_prefix(1);
  }
  value.clear();
  if (rest.starts_with('"')) {
    size_t i = 1;
    for (; i < rest.size() && rest[i] != '"'; ++i) {
      if (rest[i] == '\\' && i + 1 < rest.size()) {
        ++i;
      }
      value += rest[i];
    }
    rest.remove_prefix(std::min(i + 1, rest.size()));
  } else {
    const size_t end = std::min(rest.find(';'), rest.size());
    value = trim(rest.substr(0, end));
    rest.remove_prefix(end);
  }
  return true;
}

}  // namespace
}  // namespace mime

std::string_view MimeEntity::header(std::string_view name) const {
  const auto found = std::find_if(headers.begin(), headers.end(), [&](const MimeHeader& one) {
    return equals_ignore_case(one.name, name);
  });
  return found == headers.end() ? std::string_view() : std::string_view(found->value);
}

MimeEntity split_entity(std::string_view source) {
  MimeEntity entity;
  std::string_view rest = source;
  while (!rest.empty()) {
    const std::string_view before = rest;
    const std::string_view line = mime::take_line(rest);
    if (line.empty()) {
      break;
    }
    if ((line.front() == ' ' || line.front() == '\t') && !entity.headers.empty()) {
      entity.headers.back().value += ' ';
      entity.headers.back().value += trim(line);
      continue;
    }
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) {
      if (line.starts_with("From ") && entity.headers.empty()) {
        continue;  // mbox
      }
      rest = before;  // no header: the body begins without an empty line
      break;
    }
    entity.headers.push_back(
        {.name = trim(line.substr(0, colon)), .value = std::string(trim(line.substr(colon + 1)))});
  }
  for (MimeHeader& header : entity.headers) {
    header.value = decode_words(header.value);
  }
  entity.body = rest;
  return entity;
}

MimeParts split_multipart(std::string_view body, std::string_view boundary) {
  MimeParts parts;
  size_t at = 0;
  size_t begin = std::string_view::npos;  // of the part being read
  while (at < body.size()) {
    const size_t line_end = std::min(body.find('\n', at), body.size());
    const std::string_view line = body.substr(at, line_end - at);
    if (line.starts_with("--") && line.substr(2).starts_with(boundary)) {
      const std::string_view rest = trim(line.substr(2 + boundary.size()));
      if (rest.empty() || rest == "--") {
        if (begin == std::string_view::npos) {
          parts.preamble = body.substr(0, at);
        } else {
          parts.parts.push_back(body.substr(begin, at - begin));
        }
        begin = std::min(line_end + 1, body.size());
        if (rest == "--") {
          parts.epilogue = body.substr(begin);
          return parts;
        }
      }
    }
    at = line_end + 1;
  }
  if (begin == std::string_view::npos) {
    parts.preamble = body;
  } else {
    parts.parts.push_back(body.substr(begin));
  }
  return parts;
}

std::string mime_parameter(std::string_view value, std::string_view name) {
  std::string_view key;
  std::string one;
  std::string joined;
  bool extended = false;
  while (mime::next_parameter(value, key, one)) {
    if (equals_ignore_case(key, name)) {
      return one;
    }
    if (starts_with_ignore_case(key, name) && key.size() > name.size() && key[name.size()] == '*') {
      joined += one;
      extended = extended || key.ends_with('*');
    }
    one.clear();
  }
  return extended ? mime::extended_value(joined) : joined;
}

std::string decode_words(std::string_view value) {
  std::string out;
  bool last_was_word = false;
  while (!value.empty()) {
    const size_t begin = value.find("=?");
    const size_t charset = begin == std::string_view::npos ? begin : value.find('?', begin + 2);
    const size_t kind = charset == std::string_view::npos ? charset : value.find('?', charset + 1);
    const size_t end = kind == std::string_view::npos ? kind : value.find("?=", kind + 1);
    if (end == std::string_view::npos) {
      break;
    }
    const std::string_view between = value.substr(0, begin);
    if (!last_was_word || !trim(between).empty()) {
      out += between;
    }
    const std::string_view text = value.substr(kind + 1, end - kind - 1);
    const bool is_base64 = kind == charset + 2 && (value[charset + 1] | 0x20) == 'b';
    const std::string bytes = is_base64 ? mime::base64(text) : mime::quoted_printable(text, true);
    out += decode_text(bytes, value.substr(begin + 2, charset - begin - 2));
    last_was_word = true;
    value.remove_prefix(end + 2);
  }
  out += value;
  return out;
}

std::string decode_transfer(std::string_view body, std::string_view encoding) {
  const std::string name = to_lower(trim(encoding));
  if (name == "base64") {
    return mime::base64(body);
  }
  return name == "quoted-printable" ? mime::quoted_printable(body, false) : std::string(body);
}

}  // namespace spillguard::extract
