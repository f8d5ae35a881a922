// What pictures say besides their pixels: text chunks, comments, EXIF, XMP; the pixels by OCR when
// it is wanted.
#include <algorithm>
#include <string>
#include <utility>

#include "extract/type.h"
#include "extract_helper/charset.h"
#include "extract_helper/formats.h"
#include "extract_helper/inflate.h"
#include "extract_helper/strings.h"

namespace spillguard::extract {
namespace pictures {
namespace {

uint32_t big_endian(std::string_view bytes, size_t at, size_t size) {
  uint32_t value = 0;
  for (size_t i = 0; i < size; ++i) {
    value = value << 8U | static_cast<unsigned char>(bytes[at + i]);
  }
  return value;
}

// Metadata is read; whether there was any or not, the pixels are said to be what they are.
Verdict seen(Reading& reading, File& file, Strings metadata) {
  const bool any = !metadata.text.empty();
  reading.text(file, "metadata", std::move(metadata.text), std::move(metadata.marks));
  if (reading.limits().ocr) {
    ToolAnswer answer = reading.tool(Tool::kOcr, 0, file.bytes);
    reading.text(file, "text in the picture", std::move(answer.text));
    if (answer.reason != Reason::kRead) {
      return {.reason = answer.reason,
              .detail = "the text in the picture was not read (tesseract)"};
    }
    return {.reason = file.text_bytes != 0 ? Reason::kRead : Reason::kMedia, .detail = {}};
  }
  return {.reason = Reason::kMedia, .detail = any ? "metadata was read, the picture was not" : ""};
}

void append(Strings& all, std::string_view text, std::string label) {
  if (!text.empty()) {
    all.marks.push_back({.offset = all.text.size(), .label = std::move(label)});
    all.text += text;
    all.text += '\n';
  }
}

constexpr uint64_t kMostText = uint64_t{16} << 20U;  // of one packed text of a picture

// PNG, 11.3.4: keyword, zero byte, then text, maybe packed.
std::string png_text(std::string_view kind, std::string_view data) {
  const size_t zero = data.find('\0');
  if (zero == std::string_view::npos) {
    return {};
  }
  std::string text(data.substr(0, zero));
  text += ": ";
  std::string_view rest = data.substr(zero + 1);
  if (kind == "tEXt") {
    return text + decode_text(rest, "ISO-8859-1");
  }
  bool packed = true;
  if (kind == "iTXt") {
    if (rest.size() < 2) {
      return {};
    }
    packed = rest[0] != '\0';
    rest.remove_prefix(2);
    for (int skipped = 0; skipped < 2; ++skipped) {  // language, translated keyword
      const size_t end = rest.find('\0');
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
  } else {
    rest.remove_prefix(std::min<size_t>(rest.size(), 1));
  }
  if (!packed) {
    return text + std::string(rest);
  }
  const Inflated inflated = inflate_bytes(rest, Deflated::kZlib, kMostText);
  return text + decode_text(inflated.bytes, kind == "zTXt" ? "ISO-8859-1" : "UTF-8");
}

}  // namespace
}  // namespace pictures

Verdict read_png(Reading& reading, File& file) {
  constexpr size_t kHead = 8;
  Strings metadata;
  size_t at = kHead;
  while (at + kHead <= file.bytes.size()) {
    const size_t size = pictures::big_endian(file.bytes, at, 4);
    const std::string_view kind = file.bytes.substr(at + 4, 4);
    if (size > file.bytes.size() - at - kHead) {
      break;
    }
    if (reading.entry() != Reason::kRead) {
      return stopped_at(reading.stop_reason());
    }
    const std::string_view data = file.bytes.substr(at + kHead, size);
    if (kind == "tEXt" || kind == "zTXt" || kind == "iTXt") {
      pictures::append(metadata, pictures::png_text(kind, data), std::string(kind));
    } else if (kind == "eXIf") {
      pictures::append(metadata, find_strings(data, 4).text, "EXIF");
    } else if (kind == "IEND") {
      // What hangs behind the picture's end nobody sees.
      at = std::min(file.bytes.size(), at + kHead + size + 4);
      pictures::append(metadata, find_strings(file.bytes.substr(at)).text, "behind the end");
      break;
    }
    at += kHead + size + 4;
  }
  return pictures::seen(reading, file, std::move(metadata));
}

Verdict read_jpeg(Reading& reading, File& file) {
  Strings metadata;
  const std::string_view bytes = file.bytes;
  size_t at = 2;
  while (at + 4 <= bytes.size() && bytes[at] == '\xFF') {
    const auto marker = static_cast<unsigned char>(bytes[at + 1]);
    if (marker == 0xDA || marker == 0xD9) {
      break;  // the pixels, or the end
    }
    const size_t size = pictures::big_endian(bytes, at + 2, 2);
    if (size < 2 || size > bytes.size() - at - 2) {
      break;
    }
    if (reading.entry() != Reason::kRead) {
      return stopped_at(reading.stop_reason());
    }
    const std::string_view data = bytes.substr(at + 4, size - 2);
    if (marker == 0xFE) {
      pictures::append(metadata, decode_text(data), "comment");
    } else if (marker >= 0xE0 && marker <= 0xEF) {
      pictures::append(metadata, find_strings(data, 4).text,
                       data.starts_with("Exif") ? "EXIF" : "APP");
    }
    at += 2 + size;
  }
  const size_t end = bytes.rfind("\xFF\xD9");
  if (end != std::string_view::npos && end + 2 < bytes.size()) {
    pictures::append(metadata, find_strings(bytes.substr(end + 2)).text, "behind the end");
  }
  return pictures::seen(reading, file, std::move(metadata));
}

// Packed pixels give few long runs of characters; what gives some is read.
Verdict read_picture(Reading& reading, File& file) {
  constexpr size_t kLongRun = 8;
  return pictures::seen(reading, file, find_strings(file.bytes, kLongRun));
}

}  // namespace spillguard::extract
