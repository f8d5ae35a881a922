#include "extract_helper/charset.h"

#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include "base/strings.h"

namespace spillguard::extract {
namespace charset {
namespace {

using namespace std::string_view_literals;

constexpr size_t kGuessed = size_t{64} << 10U;  // bytes that the guess looks at

struct CloseConverter {
  void operator()(UConverter* converter) const { ucnv_close(converter); }
};
struct CloseDetector {
  void operator()(UCharsetDetector* detector) const { ucsdet_close(detector); }
};

void append_utf16(std::string& out, const UChar* units, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    char32_t character = units[i];
    if (character >= 0xD800 && character < 0xDC00 && i + 1 < count && units[i + 1] >= 0xDC00 &&
        units[i + 1] < 0xE000) {
      character = 0x10000 + ((character - 0xD800) << 10U) + (char32_t{units[++i]} - 0xDC00);
    }
    append_utf8(out, character);
  }
}

std::optional<std::string> convert(std::string_view bytes, const std::string& name) {
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<UConverter, CloseConverter> converter(ucnv_open(name.c_str(), &error));
  if (U_FAILURE(error) || converter == nullptr) {
    return std::nullopt;
  }
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 8);
  std::array<UChar, 4096> units{};
  const char* from = bytes.data();
  const char* const end = std::next(from, static_cast<ptrdiff_t>(bytes.size()));
  size_t kept = 0;  // a high surrogate at the end of the last block
  for (;;) {
    UChar* to = std::next(units.data(), static_cast<ptrdiff_t>(kept));
    const UChar* const begin = units.data();
    error = U_ZERO_ERROR;
    ucnv_toUnicode(converter.get(), &to, std::next(begin, units.size()), &from, end, nullptr, 1,
                   &error);
    auto count = static_cast<size_t>(std::distance(begin, static_cast<const UChar*>(to)));
    const bool more = error == U_BUFFER_OVERFLOW_ERROR;
    if (U_FAILURE(error) && !more) {
      return std::nullopt;
    }
    kept = more && count > 1 && units[count - 1] >= 0xD800 && units[count - 1] < 0xDC00 ? 1 : 0;
    append_utf16(out, begin, count - kept);
    if (!more) {
      return out;
    }
    units[0] = units[count - 1];
  }
}

// Zero bytes at the same places of each character tell wide charsets of mostly Latin text.
std::string wide_charset(std::string_view bytes) {
  const std::string_view looked = bytes.substr(0, 4096);
  std::array<size_t, 4> zeros{};
  for (size_t i = 0; i < looked.size(); ++i) {
    zeros[i % 4] += looked[i] == '\0' ? 1 : 0;
  }
  const size_t most = looked.size() / 4 * 7 / 8;
  if (looked.size() < 8) {
    return {};
  }
  if (zeros[1] >= most && zeros[2] >= most && zeros[3] >= most) {
    return "UTF-32LE";
  }
  if (zeros[0] >= most && zeros[1] >= most && zeros[2] >= most) {
    return "UTF-32BE";
  }
  if (zeros[1] >= most && zeros[3] >= most) {
    return "UTF-16LE";
  }
  return zeros[0] >= most && zeros[2] >= most ? "UTF-16BE" : "";
}

std::string guess(std::string_view bytes) {
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<UCharsetDetector, CloseDetector> detector(ucsdet_open(&error));
  if (U_FAILURE(error)) {
    return {};
  }
  // What is plain ASCII at the begin says nothing.
  const auto* first = std::find_if(bytes.begin(), bytes.end(),
                                   [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
  const auto at = static_cast<size_t>(std::distance(bytes.begin(), first));
  const std::string_view looked = bytes.substr(at > 1024 ? at - 1024 : 0, kGuessed);
  ucsdet_setText(detector.get(), looked.data(), static_cast<int32_t>(looked.size()), &error);
  const UCharsetMatch* match = ucsdet_detect(detector.get(), &error);
  if (U_FAILURE(error) || match == nullptr) {
    return {};
  }
  const char* name = ucsdet_getName(match, &error);
  // Wide ones have been told apart already; a guess of them here is of something else.
  return U_FAILURE(error) || std::string_view(name).starts_with("UTF-") ? std::string() : name;
}

}  // namespace
}  // namespace charset

std::string decode_utf16_le(std::string_view bytes) {
  return charset::convert(bytes, "UTF-16LE").value_or(std::string());
}

std::string decode_text(std::string_view bytes) {
  using namespace std::string_view_literals;
  const auto after = [&](size_t mark, const char* name) {
    return charset::convert(bytes.substr(mark), name).value_or(to_valid_utf8(bytes));
  };
  if (bytes.starts_with("\xEF\xBB\xBF")) {
    return to_valid_utf8(bytes.substr(3));
  }
  if (bytes.starts_with("\xFF\xFE\0\0"sv)) {
    return after(4, "UTF-32LE");
  }
  if (bytes.starts_with("\0\0\xFE\xFF"sv)) {
    return after(4, "UTF-32BE");
  }
  if (bytes.starts_with("\xFF\xFE")) {
    return after(2, "UTF-16LE");
  }
  if (bytes.starts_with("\xFE\xFF")) {
    return after(2, "UTF-16BE");
  }
  if (const std::string wide = charset::wide_charset(bytes); !wide.empty()) {
    return after(0, wide.c_str());
  }
  if (bytes.find("\x1B$") != std::string_view::npos ||
      bytes.find("\x1B(J") != std::string_view::npos) {
    return after(0, "ISO-2022-JP");
  }
  if (is_valid_utf8(bytes)) {
    return std::string(bytes);
  }
  const std::string guessed = charset::guess(bytes);
  return after(0, guessed.empty() ? "windows-1252" : guessed.c_str());
}

std::string decode_text(std::string_view bytes, std::string_view charset) {
  if (charset.empty() || charset.size() > 64 || equals_ignore_case(charset, "us-ascii")) {
    return decode_text(bytes);
  }
  auto text = charset::convert(bytes, std::string(charset));
  return text ? std::move(*text) : decode_text(bytes);
}

}  // namespace spillguard::extract
