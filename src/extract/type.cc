#include "extract/type.h"

#include <algorithm>
#include <array>

#include "base/count_bytes.h"
#include "base/strings.h"

namespace spillguard::extract {
namespace sniffing {
namespace {

using namespace std::string_view_literals;

struct Magic {
  size_t offset;
  std::string_view bytes;
  Type type;
};

// From the formats' own specifications; longer ones first where one begins as another does.
constexpr std::array kMagics = {
    Magic{0, "PK\x03\x04"sv, Type::kZip},
    Magic{0, "PK\x05\x06"sv, Type::kZip},
    Magic{0, "PK\x07\x08"sv, Type::kZip},
    Magic{0, "PK00PK\x03\x04"sv, Type::kZip},
    Magic{0, "7z\xBC\xAF\x27\x1C"sv, Type::kArchive},
    Magic{0, "Rar!\x1A\x07"sv, Type::kArchive},
    Magic{0, "MSCF\0\0\0\0"sv, Type::kArchive},
    Magic{0, "!<arch>\n"sv, Type::kArchive},
    Magic{0, "070701"sv, Type::kArchive},
    Magic{0, "070702"sv, Type::kArchive},
    Magic{0, "070707"sv, Type::kArchive},
    Magic{257, "ustar"sv, Type::kArchive},
    Magic{0x8001, "CD001"sv, Type::kArchive},
    Magic{2, "-lh"sv, Type::kArchive},
    Magic{0, "\x1F\x8B\x08"sv, Type::kPacked},
    Magic{0, "BZh"sv, Type::kPacked},
    Magic{0,
          "\xFD"
          "7zXZ\0"sv,
          Type::kPacked},
    Magic{0, "\x28\xB5\x2F\xFD"sv, Type::kPacked},
    Magic{0, "\x04\x22\x4D\x18"sv, Type::kPacked},
    Magic{0, "\x5D\0\0\x80\0"sv, Type::kPacked},
    Magic{0, "\x1F\x9D"sv, Type::kPacked},
    Magic{0, "{\\rtf"sv, Type::kRtf},
    Magic{0, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"sv, Type::kCompound},
    Magic{0, "SQLite format 3\0"sv, Type::kSqlite},
    Magic{0, "\x89PNG\r\n\x1A\n"sv, Type::kPng},
    Magic{0, "\xFF\xD8\xFF"sv, Type::kJpeg},
    Magic{0, "GIF87a"sv, Type::kPicture},
    Magic{0, "GIF89a"sv, Type::kPicture},
    Magic{0, "II*\0"sv, Type::kPicture},
    Magic{0, "MM\0*"sv, Type::kPicture},
    Magic{8, "WEBP"sv, Type::kPicture},
    Magic{0, "\0\0\1\0"sv, Type::kPicture},
    Magic{0, "8BPS"sv, Type::kPicture},
    Magic{4, "ftypheic"sv, Type::kPicture},
    Magic{4, "ftypheix"sv, Type::kPicture},
    Magic{4, "ftypmif1"sv, Type::kPicture},
    Magic{4, "ftypavif"sv, Type::kPicture},
    Magic{4, "ftyp"sv, Type::kMedia},
    Magic{0, "ID3"sv, Type::kMedia},
    Magic{0, "OggS"sv, Type::kMedia},
    Magic{0, "fLaC"sv, Type::kMedia},
    Magic{8, "WAVEfmt"sv, Type::kMedia},
    Magic{8, "AVI LIST"sv, Type::kMedia},
    Magic{0, "\x1A\x45\xDF\xA3"sv, Type::kMedia},
    Magic{0, "\0\1\0\0\0"sv, Type::kMedia},
    Magic{0, "OTTO\0"sv, Type::kMedia},
    Magic{0, "wOFF"sv, Type::kMedia},
    Magic{0, "wOF2"sv, Type::kMedia},
    Magic{0, "\xFE\xED\xFE\xED\0\0\0"sv, Type::kKeyStore},
    Magic{0, "\xCE\xCE\xCE\xCE\0\0\0"sv, Type::kKeyStore},
};

bool has_at(std::string_view head, size_t offset, std::string_view bytes) {
  return head.size() >= offset + bytes.size() && head.substr(offset, bytes.size()) == bytes;
}

// A DER sequence { integer 3, sequence { oid 1.2.840.113549.1.7.… (PKCS #7) } }: RFC 7292,
// section 4.
bool is_pkcs12(std::string_view head) {
  const std::string_view looked = head.substr(0, 64);
  return has_at(head, 0, "\x30"sv) && looked.find("\x02\x01\x03\x30"sv) < 8 &&
         looked.find("\x2A\x86\x48\x86\xF7\x0D\x01\x07"sv) != std::string_view::npos;
}

// The old tar has no magic: 8 octal digits end the field of the check sum, which must be right.
bool is_old_tar(std::string_view head) {
  constexpr size_t kBlock = 512;
  constexpr size_t kSum = 148;
  if (head.size() < kBlock || head[0] == '\0') {
    return false;
  }
  uint32_t sum = 0;
  for (size_t i = 0; i < kBlock; ++i) {
    sum += i >= kSum && i < kSum + 8 ? uint32_t{' '} : static_cast<unsigned char>(head[i]);
  }
  uint32_t told = 0;
  bool any = false;
  for (const char c : head.substr(kSum, 8)) {
    if (c >= '0' && c <= '7') {
      told = told * 8 + static_cast<uint32_t>(c - '0');
      any = true;
    } else if (any) {
      break;
    }
  }
  return any && told == sum;
}

// BITMAPFILEHEADER, whose two reserved words are zero, and the size of one of the headers that
// follow it.
bool is_bitmap(std::string_view head) {
  constexpr std::array kHeaders = {12, 40, 52, 56, 64, 108, 124};
  return has_at(head, 0, "BM"sv) && has_at(head, 6, "\0\0\0\0"sv) && has_at(head, 15, "\0\0\0"sv) &&
         std::find(kHeaders.begin(), kHeaders.end(), static_cast<unsigned char>(head[14])) !=
             kHeaders.end();
}

// Lines "Name: value" to begin with, some of them names that mails have. One without MIME reads as
// it stands, as the text that it is.
bool is_mail(std::string_view head) {
  constexpr std::array kNames = {"from:"sv,         "to:"sv,           "subject:"sv,
                                 "date:"sv,         "message-id:"sv,   "mime-version:"sv,
                                 "received:"sv,     "content-type:"sv, "return-path:"sv,
                                 "delivered-to:"sv, "x-mailer:"sv,     "cc:"sv};
  size_t known = 0;
  bool encoded = false;  // has bodies that are not as they look
  size_t lines = 0;
  std::string_view rest = head.substr(0, 16384);
  if (rest.starts_with("From ")) {  // mbox
    rest.remove_prefix(std::min(rest.size(), rest.find('\n') + 1));
  }
  while (!rest.empty() && ++lines < 200) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = trim(rest.substr(0, end));
    if (line.empty()) {
      break;
    }
    const char first = rest[0];
    rest.remove_prefix(std::min(rest.size(), end + 1));
    if (first == ' ' || first == '\t') {
      if (lines == 1) {
        return false;
      }
      continue;
    }
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos ||
        line.substr(0, colon).find(' ') != std::string_view::npos) {
      return false;
    }
    encoded = encoded || starts_with_ignore_case(line, "mime-version:") ||
              starts_with_ignore_case(line, "content-transfer-encoding:") ||
              starts_with_ignore_case(line, "content-type: multipart/");
    known += static_cast<size_t>(std::count_if(kNames.begin(), kNames.end(), [&](auto name) {
      return starts_with_ignore_case(line, name);
    }));
  }
  return known >= 3 && encoded;
}

bool is_text(std::string_view head) {
  if (head.starts_with("\xFF\xFE") || head.starts_with("\xFE\xFF") ||
      head.starts_with("\xEF\xBB\xBF") || head.starts_with("\0\0\xFE\xFF"sv)) {
    return true;
  }
  const std::string_view looked = head.substr(0, 8192);
  if (looked.find('\0') != std::string_view::npos) {
    return false;
  }
  const size_t low =
      count_bytes(looked, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  const size_t usual = count_bytes(looked, [](char c) {
    return c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\x1B';
  });
  const size_t controls = low - usual;
  return controls * 50 <= looked.size();
}

// PDF readers take files with up to 1 KB of something else before the header; a text that speaks of
// PDF is none.
bool is_pdf(std::string_view head) {
  const size_t found = head.substr(0, 1024).find("%PDF-");
  return found == 0 || (found != std::string_view::npos &&
                        (trim(head.substr(0, found)).empty() || !is_text(head)));
}

// Zeros in three, or in one, of each group of bytes: UTF-32 and UTF-16 of mostly Latin text without
// a mark.
bool is_wide_text(std::string_view head) {
  const std::string_view looked = head.substr(0, 4096);
  if (looked.size() < 8 || looked.find('\0') == std::string_view::npos) {
    return false;
  }
  std::array<size_t, 4> zeros{};
  size_t controls = 0;
  for (size_t i = 0; i < looked.size(); ++i) {
    const auto byte = static_cast<unsigned char>(looked[i]);
    zeros[i % 4] += byte == 0 ? 1 : 0;
    controls += byte != 0 && byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r' ? 1 : 0;
  }
  const size_t quarter = looked.size() / 4;
  const auto most = [&](size_t i) { return zeros[i] * 8 >= quarter * 7; };
  const auto few = [&](size_t i) { return zeros[i] * 50 <= quarter; };
  if (controls * 50 > looked.size()) {
    return false;
  }
  return (most(1) && most(3) && few(0) && (few(2) || most(2))) ||
         (most(0) && most(2) && few(3) && (few(1) || most(1)));
}

}  // namespace
}  // namespace sniffing

Type sniff(std::string_view head, std::string_view name) {
  if (head.empty()) {
    return Type::kEmpty;
  }
  for (const auto& magic : sniffing::kMagics) {
    if (sniffing::has_at(head, magic.offset, magic.bytes)) {
      // Some first bytes are also how a text may begin.
      const bool weak = magic.bytes.size() < 4 || magic.offset == 2;
      if (!weak || !sniffing::is_text(head)) {
        return magic.type;
      }
    }
  }
  if (sniffing::is_pdf(head)) {
    return Type::kPdf;
  }
  if (sniffing::is_pkcs12(head)) {
    return Type::kPkcs12;
  }
  if (sniffing::is_bitmap(head)) {
    return Type::kPicture;
  }
  if (sniffing::is_wide_text(head)) {
    return Type::kText;
  }
  if (sniffing::is_text(head)) {
    const std::string lower = to_lower(name);
    const bool named =
        lower.ends_with(".eml") || lower.ends_with(".mht") || lower.ends_with(".mhtml");
    return named || sniffing::is_mail(head) ? Type::kMail : Type::kText;
  }
  return sniffing::is_old_tar(head) ? Type::kArchive : Type::kBinary;
}

std::string_view type_name(Type type) {
  switch (type) {
    case Type::kEmpty:
      return "empty";
    case Type::kText:
      return "text";
    case Type::kBinary:
      return "binary";
    case Type::kArchive:
      return "archive";
    case Type::kZip:
      return "zip";
    case Type::kPacked:
      return "packed";
    case Type::kPdf:
      return "pdf";
    case Type::kRtf:
      return "rtf";
    case Type::kMail:
      return "mail";
    case Type::kCompound:
      return "ole";
    case Type::kSqlite:
      return "sqlite";
    case Type::kPng:
      return "png";
    case Type::kJpeg:
      return "jpeg";
    case Type::kPicture:
      return "picture";
    case Type::kMedia:
      return "media";
    case Type::kKeyStore:
      return "java key store";
    case Type::kPkcs12:
      return "pkcs12 key store";
  }
  return "unknown";
}

bool needs_extraction(std::string_view head, std::string_view name) {
  const Type type = sniff(head, name);
  if (type == Type::kText) {
    // Files of two and four bytes a character; UTF-16 is read without help, too.
    return head.substr(0, 8192).find('\0') != std::string_view::npos &&
           (!head.starts_with("\xFF\xFE") ||
            head.substr(2).starts_with(std::string_view("\0\0", 2))) &&
           !head.starts_with("\xFE\xFF");
  }
  return type != Type::kEmpty;
}

}  // namespace spillguard::extract
