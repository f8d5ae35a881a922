#include "sim/files.h"

#include <fmt/format.h>

#include <array>

#include "sim/file_writers.h"
#include "sim/prose.h"

namespace spillguard::sim {
namespace {

struct Made {
  std::string bytes;
  std::string within;  // the place in the file
};

std::string lines(const std::string& secret, Random& random) {
  return make_sentence(random) + "\nuse " + secret + " for it\n" + make_sentence(random) + "\n";
}

Made plain(const std::string& secret, Random& random) { return {lines(secret, random), ""}; }
Made wide(const std::string& secret, Random& random) {
  return {write_utf16("first line\r\nuse " + secret + " for it\r\n" + make_name(random) + "\r\n"),
          ""};
}
Made zipped(const std::string& secret, Random& random) {
  return {
      write_zip({{"readme.txt", make_sentence(random)},
                 {"conf/app.properties", "name=" + make_name(random) + "\n# " + secret + "\n"}}),
      "conf/app.properties"};
}
Made book(const std::string& secret, Random& random) {
  return {write_xlsx("Accounts", {{"A1", "name"}, {"B2", make_name(random)}, {"C14", secret}}),
          "Accounts!C14"};
}
Made nested(const std::string& secret, Random& random) {
  return {write_zip({{"a/b.zip", write_zip({{"list.xlsx", book(secret, random).bytes}})}}),
          "a/b.zip › list.xlsx › Accounts!C14"};
}
Made tarred(const std::string& secret, Random& random) {
  return {write_gzip(write_tar(
              {{"home/.netrc", lines(secret, random)}, {"home/notes", make_sentence(random)}})),
          "home/.netrc"};
}
Made document(const std::string& secret, Random& random) {
  return {write_docx({make_name(random), "use " + secret + " for it"}), "text"};
}
Made mail(const std::string& secret, Random& random) {
  return {write_mail("our login", make_name(random), "keys.txt", lines(secret, random)),
          "keys.txt"};
}
Made page(const std::string& secret, Random& random) {
  return {write_pdf({make_name(random), "use " + secret}), "page 1"};
}

struct FileKind {
  std::string_view ending;
  std::string_view mime_type;
  Made (*make)(const std::string&, Random&);
};

constexpr std::array<FileKind, 9> kFileKinds = {{
    {".log", "text/plain", plain},
    {".txt", "text/plain", wide},
    {".zip", "application/zip", zipped},
    {".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", book},
    {".zip", "application/zip", nested},
    {".tar.gz", "application/gzip", tarred},
    {".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", document},
    {".eml", "message/rfc822", mail},
    {".pdf", "application/pdf", page},
}};

}  // namespace

size_t file_kinds() { return kFileKinds.size(); }

FilePtr make_file(size_t number, const std::string& stem, const std::string& secret,
                  Random& random) {
  const FileKind& kind = kFileKinds.at(number % kFileKinds.size());
  auto made = kind.make(secret, random);
  auto file = std::make_shared<File>();
  file->name = stem + std::string(kind.ending);
  file->mime_type = kind.mime_type;
  file->bytes = std::move(made.bytes);
  file->text = secret;
  file->place = file->name;
  if (kind.ending == ".tar.gz") file->place += " › " + stem + ".tar";
  if (!made.within.empty()) file->place += " › " + made.within;
  return file;
}

}  // namespace spillguard::sim
