#include <string>

#include "base/strings.h"
#include "extract/type.h"
#include "extract_helper/formats.h"

namespace spillguard::extract {

Verdict read_file(Reading& reading, File& file) {
  if (reading.entry() != Reason::kRead) {
    return stopped_at(reading.stop_reason());
  }
  switch (sniff(file.bytes, file.name)) {
    case Type::kEmpty:
      return {.reason = Reason::kEmpty, .detail = {}};
    case Type::kText:
      return to_lower(file.name).ends_with(".ipynb") ? read_notebook(reading, file)
                                                     : read_text(reading, file);
    case Type::kArchive:
      return read_archive(reading, file);
    case Type::kZip:
      return read_zip(reading, file);
    case Type::kPacked:
      return read_packed(reading, file);
    case Type::kPdf:
      return read_pdf(reading, file);
    case Type::kRtf:
      return read_rtf(reading, file);
    case Type::kMail:
      return read_mail(reading, file);
    case Type::kCompound:
      return read_compound(reading, file);
    case Type::kSqlite:
      return read_sqlite(reading, file);
    case Type::kPng:
      return read_png(reading, file);
    case Type::kJpeg:
      return read_jpeg(reading, file);
    case Type::kPicture:
    case Type::kMedia:
      return read_picture(reading, file);
    case Type::kKeyStore:
    case Type::kPkcs12:
      return read_key_store(reading, file);
    case Type::kBinary:
      break;
  }
  return read_binary(reading, file);
}

}  // namespace spillguard::extract
