// Internet messages (RFC 5322, 2045-2047, 2231): headers decoded, bodies taken out of their
// transfer encodings.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace spillguard::extract {

struct MimeHeader {
  std::string_view name;
  std::string value;  // unfolded, encoded words decoded
};

struct MimeEntity {
  std::vector<MimeHeader> headers;
  std::string_view body;  // as it stands

  [[nodiscard]] std::string_view header(std::string_view name) const;
};

MimeEntity split_entity(std::string_view source);
// The bodies between the boundary's lines; what stands before the first and behind the last in the
// two others.
struct MimeParts {
  std::vector<std::string_view> parts;
  std::string_view preamble;
  std::string_view epilogue;
};
MimeParts split_multipart(std::string_view body, std::string_view boundary);

// "text/html; charset=utf-8" and "charset": utf-8. RFC 2231's name*0*= forms are joined.
std::string mime_parameter(std::string_view value, std::string_view name);
// =?utf-8?B?…?= in a header's value.
std::string decode_words(std::string_view value);
// base64, quoted-printable; others as they stand.
std::string decode_transfer(std::string_view body, std::string_view encoding);

}  // namespace spillguard::extract
