#include "extract_helper/legacy_office.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "base/strings.h"
#include "extract_helper/charset.h"

namespace spillguard::extract {
namespace legacy {
namespace {

uint64_t little(std::string_view bytes, size_t at, size_t size) {
  uint64_t value = 0;
  for (size_t i = 0; i < size && at + i < bytes.size(); ++i) {
    value |= uint64_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
  }
  return value;
}

// Calls `each` for the records of a workbook until it says false: MS-XLS 2.1.4.
template <typename Each>
void records(std::string_view workbook, const Each& each) {
  for (size_t at = 0; at + 4 <= workbook.size();) {
    const uint64_t kind = little(workbook, at, 2);
    const uint64_t size = little(workbook, at + 2, 2);
    if (!each(kind, workbook.substr(at + 4, size))) {
      return;
    }
    at += 4 + size;
  }
}

// One chunk of MS-OVBA's compression: literals and copies of what came before within the chunk.
void vba_chunk(std::string_view chunk, std::string& out) {
  constexpr size_t kMost = 4096;  // what a chunk unpacks to
  const size_t begin = out.size();
  for (size_t at = 0; at < chunk.size() && out.size() - begin < kMost;) {
    const auto flags = static_cast<unsigned char>(chunk[at++]);
    for (unsigned bit = 0; bit < 8 && at < chunk.size() && out.size() - begin < kMost; ++bit) {
      if ((flags >> bit & 1U) == 0) {
        out += chunk[at++];
        continue;
      }
      const auto token = static_cast<uint32_t>(little(chunk, at, 2));
      at += 2;
      const size_t done = out.size() - begin;
      unsigned offset_bits = 4;
      while (offset_bits < 12 && (size_t{1} << offset_bits) < done) {
        ++offset_bits;
      }
      const uint32_t length = (token & (0xFFFFU >> offset_bits)) + 3;
      const uint32_t back = (token >> (16 - offset_bits)) + 1;
      if (back > done) {
        return;
      }
      for (uint32_t i = 0; i < length; ++i) {
        out += out[out.size() - back];
      }
    }
  }
}

std::string_view take_text(std::string_view& rest) {
  const size_t end = std::min(rest.find('\0'), rest.size());
  const std::string_view text = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return text;
}

}  // namespace
}  // namespace legacy

std::vector<OldSheet> list_old_sheets(std::string_view workbook) {
  constexpr uint64_t kBoundSheet = 0x85;
  constexpr uint64_t kBegin = 0x809;
  constexpr uint64_t kWorksheet = 0x10;
  constexpr size_t kMost = 4096;
  // Records that are cells: their first two bytes are the row.
  constexpr std::array<uint64_t, 8> kCells = {0xFD, 0x204, 0x203, 0x27E, 0xBD, 0x06, 0x205, 0xD6};
  std::vector<OldSheet> sheets;
  size_t begun = 0;  // worksheets so far
  legacy::records(workbook, [&](uint64_t kind, std::string_view data) {
    if (kind == kBoundSheet && data.size() >= 8 && data[5] == '\0') {
      const auto length = static_cast<unsigned char>(data[6]);
      const bool wide = (static_cast<unsigned char>(data[7]) & 1U) != 0;
      sheets.push_back({.name = wide ? decode_utf16_le(data.substr(8, size_t{length} * 2))
                                     : decode_text(data.substr(8, length), "ISO-8859-1")});
    } else if (kind == kBegin) {
      begun += legacy::little(data, 2, 2) == kWorksheet ? 1 : 0;
    } else if (begun != 0 && begun <= sheets.size() && data.size() >= 6 &&
               std::find(kCells.begin(), kCells.end(), kind) != kCells.end()) {
      std::vector<uint64_t>& rows = sheets[begun - 1].rows;
      const uint64_t row = legacy::little(data, 0, 2);
      if (rows.empty() || rows.back() != row) {
        rows.push_back(row);
      }
    }
    return sheets.size() < kMost;
  });
  for (OldSheet& sheet : sheets) {
    std::sort(sheet.rows.begin(), sheet.rows.end());
    sheet.rows.erase(std::unique(sheet.rows.begin(), sheet.rows.end()), sheet.rows.end());
  }
  return sheets;
}

bool is_encrypted_workbook(std::string_view workbook) {
  constexpr uint64_t kFilePass = 0x2F;
  bool found = false;
  legacy::records(workbook, [&](uint64_t kind, std::string_view /*data*/) {
    found = kind == kFilePass;
    return !found;
  });
  return found;
}

bool is_encrypted_word(std::string_view word_document) {
  return (legacy::little(word_document, 10, 2) & 0x0100U) != 0;  // FibBase.fEncrypted
}

std::string vba_source(std::string_view stream) {
  using namespace std::string_view_literals;
  // A module's source begins "Attribute VB_Name"; its first eight bytes are literals behind a flag
  // byte of 0, the chunk's header of two bytes and the container's signature of one.
  const size_t found = stream.find("\0Attribut"sv);
  std::string out;
  if (found == std::string_view::npos || found < 3 || stream[found - 3] != '\x01') {
    return out;
  }
  for (size_t at = found - 2; at + 2 <= stream.size();) {
    const auto header = static_cast<uint32_t>(legacy::little(stream, at, 2));
    const size_t size = (header & 0x0FFFU) + 1;  // without the header
    if ((header >> 12U & 7U) != 3) {
      break;
    }
    const std::string_view chunk = stream.substr(at + 2, size);
    if ((header & 0x8000U) != 0) {
      legacy::vba_chunk(chunk, out);
    } else {
      out += chunk;
    }
    at += 2 + size;
  }
  return out;
}

std::optional<NativeFile> native_file(std::string_view stream) {
  if (stream.size() < 12) {
    return std::nullopt;
  }
  std::string_view rest = stream.substr(6);
  NativeFile file;
  file.name = to_valid_utf8(legacy::take_text(rest));
  (void)legacy::take_text(rest);  // the path it came from
  if (rest.size() < 8) {
    return std::nullopt;
  }
  rest.remove_prefix(8);
  (void)legacy::take_text(rest);  // a temporary path
  if (rest.size() < 4) {
    return std::nullopt;
  }
  const uint64_t size = legacy::little(rest, 0, 4);
  rest.remove_prefix(4);
  file.bytes = rest.substr(0, size);
  return file;
}

std::string decompress_rtf(std::string_view packed) {
  constexpr size_t kHead = 16;
  constexpr size_t kWindow = 4096;
  constexpr uint64_t kMost = uint64_t{64} << 20U;
  // What the dictionary holds at the begin: MS-OXRTFCP 2.2.2.1.
  std::string window =
      "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
      "\\fscript "
      "\\fdecor MS Sans SerifSymbolArialTimes New "
      "RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
      "\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
  size_t write = window.size();
  window.resize(kWindow);
  if (packed.size() < kHead) {
    return {};
  }
  if (packed.substr(8, 4) == "MELA") {
    return std::string(packed.substr(kHead));
  }
  std::string out;
  const auto put = [&](char c) {
    out += c;
    window[write] = c;
    write = (write + 1) % kWindow;
  };
  for (size_t at = kHead; at < packed.size() && out.size() < kMost;) {
    const auto flags = static_cast<unsigned char>(packed[at++]);
    for (unsigned bit = 0; bit < 8 && at < packed.size(); ++bit) {
      if ((flags >> bit & 1U) == 0) {
        put(packed[at++]);
        continue;
      }
      if (at + 2 > packed.size()) {
        return out;
      }
      const unsigned token = unsigned{static_cast<unsigned char>(packed[at])} << 8U |
                             static_cast<unsigned char>(packed[at + 1]);
      at += 2;
      size_t read = token >> 4U;
      if (read == write) {
        return out;
      }
      for (unsigned i = 0; i < (token & 0xFU) + 2; ++i) {
        put(window[read]);
        read = (read + 1) % kWindow;
      }
    }
  }
  return out;
}

std::vector<std::vector<std::string>> parse_csv(std::string_view text) {
  std::vector<std::vector<std::string>> rows(1);
  std::string cell;
  bool quoted = false;
  const auto end_cell = [&] { rows.back().push_back(std::exchange(cell, {})); };
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
        cell += c;
        ++i;
      } else if (c == '"') {
        quoted = false;
      } else {
        cell += c;
      }
    } else if (c == '"') {
      quoted = true;
    } else if (c == ',') {
      end_cell();
    } else if (c == '\n') {
      end_cell();
      rows.emplace_back();
    } else if (c != '\r') {
      cell += c;
    }
  }
  end_cell();
  return rows;
}

}  // namespace spillguard::extract
