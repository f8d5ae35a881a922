// A mail: its headers, its texts in all their alternatives, and what is attached, mails among it.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "extract_helper/charset.h"
#include "extract_helper/formats.h"
#include "extract_helper/marked_text.h"
#include "extract_helper/mime.h"

namespace spillguard::extract {
namespace mails {
namespace {

constexpr size_t kMostNested = 32;  // multiparts within multiparts

std::string_view extension_of(std::string_view type) {
  if (type == "text/html") {
    return ".html";
  }
  if (type == "text/calendar") {
    return ".ics";
  }
  if (type == "message/rfc822") {
    return ".eml";
  }
  return type.starts_with("text/") || type.empty() ? ".txt" : ".bin";
}

struct Waiting {
  std::string_view source;
  size_t depth = 0;
};

}  // namespace
}  // namespace mails

Verdict read_mail(Reading& reading, File& file) {
  // A mail in UTF-16 is rare and no mail any more: its text is decoded as a whole.
  std::vector<mails::Waiting> waiting = {{.source = file.bytes}};
  size_t number = 0;
  Verdict verdict;
  while (!waiting.empty()) {
    const mails::Waiting one = waiting.back();
    waiting.pop_back();
    if (reading.entry() != Reason::kRead) {
      return stopped_at(reading.stop_reason());
    }
    const MimeEntity entity = split_entity(one.source);
    MarkedText headers;
    for (const MimeHeader& header : entity.headers) {
      headers.put(to_valid_utf8(header.name));
      headers.put(": ");
      headers.put(to_valid_utf8(header.value));
      headers.line();
    }
    headers.give(reading, file, one.depth == 0 ? "headers" : "headers of a part");
    const std::string_view told = entity.header("Content-Type");
    const std::string type = to_lower(trim(told.substr(0, told.find(';'))));
    const std::string boundary = mime_parameter(told, "boundary");
    if (type.starts_with("multipart/") && !boundary.empty()) {
      const MimeParts parts = split_multipart(entity.body, boundary);
      reading.text(file, "before the parts", to_valid_utf8(trim(parts.preamble)));
      reading.text(file, "behind the parts", to_valid_utf8(trim(parts.epilogue)));
      if (one.depth >= mails::kMostNested) {
        reading.not_read(file, "parts", "mail", {.reason = Reason::kTooDeep, .detail = {}},
                         entity.body.size());
        continue;
      }
      for (auto part = parts.parts.rbegin(); part != parts.parts.rend(); ++part) {
        waiting.push_back({.source = *part, .depth = one.depth + 1});
      }
      continue;
    }
    std::string bytes = decode_transfer(entity.body, entity.header("Content-Transfer-Encoding"));
    std::string name = mime_parameter(entity.header("Content-Disposition"), "filename");
    if (name.empty()) {
      name = mime_parameter(told, "name");
    }
    const bool attached = !name.empty();
    if (!attached) {
      name =
          (type.starts_with("text/") || type.empty() ? "text" : "part") + std::to_string(++number);
      name += mails::extension_of(type);
    }
    if (bytes.empty()) {
      continue;
    }
    if (const Reason reason = reading.unpack(bytes.size(), 0, file.bytes.size());
        reason != Reason::kRead) {
      return stopped_at(reason);
    }
    if (type.starts_with("text/") || (type.empty() && !attached)) {
      bytes = decode_text(bytes, mime_parameter(told, "charset"));
      // A text is a text, even one that begins as a mail does.
      if (!attached) {
        reading.text(file, name, std::move(bytes));
        continue;
      }
    }
    reading.within(file, name, bytes);
  }
  return verdict;
}

}  // namespace spillguard::extract
