// What kind of file some bytes are, by their first bytes (never by a name alone: names lie).
#pragma once

#include <cstdint>
#include <string_view>

namespace spillguard::extract {

enum class Type : uint8_t {
  kEmpty,
  kText,     // characters, in whatever charset
  kBinary,   // none of the others
  kArchive,  // zip, tar, 7z, rar, cpio, ar, cab, iso, lha
  kZip,      // what zip holds decides: Office, OpenDocument, jar, or files
  kPacked,   // one file: gzip, bzip2, xz, zstd, lzma, compress
  kPdf,
  kRtf,
  kMail,      // RFC 5322
  kCompound,  // OLE2: Word, Excel, PowerPoint before 2007, Outlook's .msg
  kSqlite,
  kPng,
  kJpeg,
  kPicture,   // other pictures
  kMedia,     // sound, film, fonts
  kKeyStore,  // Java key store, JCEKS
  kPkcs12,
};

Type sniff(std::string_view head, std::string_view name);
std::string_view type_name(Type type);

// Whether a local file goes to the helper: all but what is text for scanning as it stands.
bool needs_extraction(std::string_view head, std::string_view name);

}  // namespace spillguard::extract
