// PDF: the pages' text by pdftotext, embedded files by pdfdetach, all else by our own reader of
// objects.
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "base/strings.h"
#include "extract_helper/formats.h"
#include "extract_helper/marked_text.h"
#include "extract_helper/pdf_objects.h"

namespace spillguard::extract {
namespace pdf {
namespace {

constexpr uint32_t kMostEmbedded = 256;

// pdftotext ends each page with a form feed.
size_t put_pages(MarkedText& out, std::string_view text) {
  size_t pages = 0;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\f'), text.size());
    const std::string_view page = text.substr(0, end);
    ++pages;
    if (!trim(page).empty()) {
      out.line();
      out.mark("page " + std::to_string(pages));
      out.put(page);
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return pages;
}

// pdfdetach's list: "2 embedded files", then "1: name" a line.
void read_embedded(Reading& reading, File& file) {
  const ToolAnswer list = reading.tool(Tool::kPdfList, 0, file.bytes);
  uint32_t number = 0;
  for (const std::string_view line : split(list.text, '\n')) {
    const size_t colon = line.find(": ");
    if (colon == std::string_view::npos || !parse_int(trim(line.substr(0, colon)))) {
      continue;
    }
    if (++number > kMostEmbedded || reading.entry() != Reason::kRead) {
      reading.not_read(file, "embedded files", "pdf",
                       {.reason = Reason::kTooManyEntries, .detail = {}}, 0);
      return;
    }
    const std::string_view name = line.substr(colon + 2);
    const ToolAnswer saved = reading.tool(Tool::kPdfAttachment, number, file.bytes);
    if (saved.reason == Reason::kRead) {
      reading.within(file, name, saved.text);
    } else {
      reading.not_read(file, name, "file", {.reason = saved.reason, .detail = "pdfdetach"}, 0);
    }
  }
}

}  // namespace
}  // namespace pdf

Verdict read_pdf(Reading& reading, File& file) {
  const PdfFindings found = read_pdf_objects(reading, file);
  if (reading.stopped()) {
    return stopped_at(reading.stop_reason());
  }
  const ToolAnswer pages = reading.tool(Tool::kPdfToText, 0, file.bytes);
  MarkedText out;
  const size_t count = pdf::put_pages(out, pages.text);
  const bool empty = out.empty();
  out.give(reading, file, {});
  if (found.embedded_files || (found.encrypted && pages.reason == Reason::kRead)) {
    pdf::read_embedded(reading, file);
  }
  if (pages.reason == Reason::kToolFailed) {
    if (found.encrypted) {
      return {.reason = Reason::kEncrypted, .detail = {}};
    }
    if (empty) {
      (void)read_binary(reading, file);  // whatever can be read of it
    }
    return {.reason = Reason::kBroken, .detail = "pdftotext can not read it to its end"};
  }
  if (pages.reason != Reason::kRead) {
    return {.reason = pages.reason, .detail = "pdftotext (poppler-utils)"};
  }
  if (found.reason != Reason::kRead) {
    return stopped_at(found.reason);
  }
  if (empty && count != 0) {
    return {.reason = Reason::kNoText,
            .detail = "no text on its pages (" + std::to_string(count) + "): they may be pictures"};
  }
  return {};
}

}  // namespace spillguard::extract
