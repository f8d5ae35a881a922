#include "db/copy_rows.h"

#include "db/postgres_value.h"

namespace spillguard::db {

void CopyRows::begin_value() {
  if (!first_) text_ += '\t';
  first_ = false;
}

CopyRows& CopyRows::add(int64_t value) {
  begin_value();
  text_ += std::to_string(value);
  return *this;
}

CopyRows& CopyRows::add(std::string_view text) {
  begin_value();
  for (const char c : encode_text(text)) {
    switch (c) {
      case '\\':
        text_ += "\\\\";
        break;
      case '\n':
        text_ += "\\n";
        break;
      case '\r':
        text_ += "\\r";
        break;
      case '\t':
        text_ += "\\t";
        break;
      default:
        text_ += c;
    }
  }
  return *this;
}

CopyRows& CopyRows::add_blob(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  begin_value();
  text_ += "\\\\x";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text_ += kDigits[byte >> 4U];
    text_ += kDigits[byte & 15U];
  }
  return *this;
}

void CopyRows::end_row() {
  text_ += '\n';
  first_ = true;
  ++rows_;
}

}  // namespace spillguard::db
