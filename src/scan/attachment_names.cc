// Names of attachments: what of them the helper is told, and what people are shown.
#include <algorithm>
#include <array>

#include "base/strings.h"
#include "extract/document.h"
#include "scan/attachment_reader.h"

namespace spillguard::scan {
namespace attachment_names {
namespace {

constexpr std::string_view kStem = "attachment";
constexpr size_t kLongestEnding = 12;
constexpr size_t kLongestShown = 300;

bool is_ending(std::string_view text) {
  return !text.empty() && text.size() <= kLongestEnding &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
         });
}

bool is_packed(std::string_view ending) {
  constexpr std::array<std::string_view, 8> kPacked = {"gz",  "bz2",  "xz", "zst",
                                                       "lz4", "lzma", "z",  "lz"};
  return std::find(kPacked.begin(), kPacked.end(), ending) != kPacked.end();
}

// The length of the ending with its dots, 0 for none.
size_t ending_size(std::string_view name) {
  const std::string lower = to_lower(name);
  const std::string_view text = lower;
  const size_t dot = text.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || !is_ending(text.substr(dot + 1))) return 0;
  if (is_packed(text.substr(dot + 1))) {
    const size_t before = text.substr(0, dot).rfind('.');
    if (before != std::string_view::npos && before != 0 &&
        is_ending(text.substr(before + 1, dot - before - 1))) {
      return text.size() - before;
    }
  }
  return text.size() - dot;
}

// One line of valid text.
std::string shown(std::string_view name) {
  std::string text = to_valid_utf8(name.substr(0, kLongestShown));
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, '_');
  return text;
}

}  // namespace
}  // namespace attachment_names

std::string plain_name(std::string_view name) {
  namespace own = attachment_names;
  return std::string(own::kStem) + to_lower(name.substr(name.size() - own::ending_size(name)));
}

std::string place_in(std::string_view name, std::string_view type, std::string_view place) {
  namespace own = attachment_names;
  std::string within(place);
  // What is packed in "log.txt.gz" is called "log.txt", as long as nobody says otherwise.
  if (type == "packed" && within.starts_with(own::kStem)) {
    const std::string_view stem = name.substr(0, name.size() - own::ending_size(name));
    within = own::shown(stem) + within.substr(own::kStem.size());
  }
  return extract::join_location(own::shown(name), within);
}

}  // namespace spillguard::scan
