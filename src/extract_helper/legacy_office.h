// Pieces of the binary Office formats that catdoc's programs leave out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spillguard::extract {

// A workbook's sheets (MS-XLS), in the order in which xls2csv writes them.
struct OldSheet {
  std::string name;
  std::vector<uint64_t> rows = {};  // that have cells: xls2csv leaves out all others
};
std::vector<OldSheet> list_old_sheets(std::string_view workbook);
bool is_encrypted_workbook(std::string_view workbook);
bool is_encrypted_word(std::string_view word_document);

// The source of a VBA module (MS-OVBA 2.4.1) that stands in a module's stream; empty when there is
// none.
std::string vba_source(std::string_view stream);

// The file within a packager's object (\1Ole10Native).
struct NativeFile {
  std::string name;
  std::string_view bytes;
};
std::optional<NativeFile> native_file(std::string_view stream);

// Compressed RTF of mails (MS-OXRTFCP).
std::string decompress_rtf(std::string_view packed);

// The cells of a table in CSV with quotes around each.
std::vector<std::vector<std::string>> parse_csv(std::string_view text);

}  // namespace spillguard::extract
