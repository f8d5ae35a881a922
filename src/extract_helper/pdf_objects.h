// What a PDF holds beside its pages' text: strings of its objects (form fields, annotations, links,
// properties, scripts), XML streams, and whether files are embedded. A light reader of ISO 32000-1
// section 7 that goes through the bytes once and trusts no table of the file, so that broken and
// rewritten files give what they have, old revisions too.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "extract_helper/reading.h"

namespace spillguard::extract {

struct PdfFindings {
  bool encrypted = false;
  bool embedded_files = false;
  Reason reason = Reason::kRead;  // a limit that was met
};

PdfFindings read_pdf_objects(Reading& reading, File& file);

// A literal string at its '(' or a hex string at its '<', decoded; `length` is what it takes. For
// tests.
std::string decode_pdf_string(std::string_view text, size_t& length);

}  // namespace spillguard::extract
