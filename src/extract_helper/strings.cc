#include "extract_helper/strings.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"

namespace spillguard::extract {
namespace find_runs {
namespace {

constexpr size_t kMarkEvery = 256;  // bytes of the source between two marks, so that they stay few

bool is_shown(unsigned char byte) { return (byte >= 0x20 && byte < 0x7F) || byte == '\t'; }

// The length of the UTF-8 character of more than one byte at the begin; 0 when there is none.
size_t wide_character(std::string_view rest) {
  const auto at = [&](size_t i) {
    return i < rest.size() ? static_cast<unsigned char>(rest[i]) : 0U;
  };
  const auto follows = [&](size_t i) { return (at(i) & 0xC0U) == 0x80U; };
  const unsigned first = at(0);
  if (first >= 0xC2 && first < 0xE0 && follows(1)) {
    return 2;
  }
  if (first >= 0xE0 && first < 0xF0 && follows(1) && follows(2)) {
    return 3;
  }
  return first >= 0xF0 && first < 0xF5 && follows(1) && follows(2) && follows(3) ? 4 : 0;
}

}  // namespace
}  // namespace find_runs

Strings find_strings(std::string_view bytes, size_t least) {
  Strings found;
  size_t marked = 0;
  const auto add = [&](size_t offset, std::string_view run) {
    if (found.marks.empty() || offset - marked >= find_runs::kMarkEvery) {
      found.marks.push_back(
          {.offset = found.text.size(), .label = fmt::format("offset {:#x}", offset)});
      marked = offset;
    }
    found.text += run;
    found.text += '\n';
  };
  std::string wide;
  for (size_t i = 0; i < bytes.size();) {
    if (bytes[i] == '\0') {  // long stretches of zeros are common
      const size_t next = bytes.find_first_not_of('\0', i);
      if (next == std::string_view::npos) {
        break;
      }
      i = std::max(i, next - 1);
    }
    // A run of single bytes.
    size_t end = i;
    size_t ascii = 0;
    while (end < bytes.size()) {
      if (find_runs::is_shown(static_cast<unsigned char>(bytes[end]))) {
        ++end;
        ++ascii;
      } else if (const size_t length = find_runs::wide_character(bytes.substr(end)); length != 0) {
        end += length;
      } else {
        break;
      }
    }
    if (ascii >= least) {
      add(i, bytes.substr(i, end - i));
      i = end;
      continue;
    }
    // A run of two bytes a character, in either order.
    const size_t zero = i < bytes.size() && bytes[i] == '\0' ? 0 : 1;
    wide.clear();
    size_t at = i;
    while (at + 1 < bytes.size() && bytes[at + zero] == '\0' &&
           find_runs::is_shown(static_cast<unsigned char>(bytes[at + 1 - zero]))) {
      wide += bytes[at + 1 - zero];
      at += 2;
    }
    if (wide.size() >= least) {
      add(i, wide);
      i = at;
    } else {
      i = std::max(end, i + 1);
    }
  }
  return found;
}

}  // namespace spillguard::extract
