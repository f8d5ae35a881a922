// Small writers of file formats for generated attachments.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spillguard::sim {

using NamedBytes = std::vector<std::pair<std::string, std::string>>;

// The names in UTF-8; nothing is compressed, as in archives that some programs write.
std::string write_zip(const NamedBytes& files);
std::string write_gzip(std::string_view bytes);
std::string write_tar(const NamedBytes& files);
// A little-endian UTF-16 file with its byte order mark, of an ASCII text.
std::string write_utf16(std::string_view text);
// One page of lines of ASCII text.
std::string write_pdf(const std::vector<std::string>& lines);
std::string write_docx(const std::vector<std::string>& paragraphs);
// One sheet; `cells` by address: "C14".
std::string write_xlsx(std::string_view sheet, const NamedBytes& cells);
// A mail with one attached text file.
std::string write_mail(std::string_view subject, std::string_view body, std::string_view file_name,
                       std::string_view file);

}  // namespace spillguard::sim
