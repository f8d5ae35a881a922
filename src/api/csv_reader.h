// Comma-separated values as of RFC 4180 and as programs write them: any line end, a byte order
// mark, quotes around any field, blank lines.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace spillguard::api {

struct CsvRecord {
  int64_t line = 0;  // where it begins, from 1
  std::vector<std::string> fields;
  std::string error;  // why it can not be read; "" = it was
};

// All records of the text; linear in it. A record with an unclosed quote ends with the text, and
// has an error.
std::vector<CsvRecord> read_csv(std::string_view text, char separator = ',');

}  // namespace spillguard::api
