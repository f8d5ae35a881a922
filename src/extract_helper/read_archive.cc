#include <string>
#include <string_view>
#include <utility>

#include "base/strings.h"
#include "extract_helper/archive_reader.h"
#include "extract_helper/formats.h"

namespace spillguard::extract {
namespace read_archives {
namespace {

// The paths as a text: they may be what should not be known.
void put_names(Reading& reading, File& file, std::string names) {
  if (!names.empty()) {
    const uint64_t before = file.text_bytes;
    reading.text(file, "names of files", std::move(names));
    file.text_bytes = before;  // of the archive itself nothing is text
  }
}

void hand_on(Reading& reading, File& file, const ArchiveEntry& entry) {
  const Verdict& verdict = entry.verdict;
  if (verdict.reason == Reason::kRead) {
    return reading.within(file, entry.path, entry.bytes);
  }
  if (!entry.bytes.empty()) {
    reading.within(file, entry.path, entry.bytes);
  }
  reading.not_read(file, entry.path, "file", verdict, entry.told_bytes);
}

constexpr size_t kMostOfNothing = 512;  // bytes

Verdict read_files(Reading& reading, File& file, std::string_view type) {
  std::string names;
  Verdict verdict =
      for_each_entry(reading, file.bytes, ArchiveKind::kFiles, [&](ArchiveEntry& entry) {
        names += entry.path;
        if (entry.is_link) {
          names += " -> " + entry.link;
        }
        names += '\n';
        ++file.children;
        if (!entry.is_folder && !entry.is_link) {
          hand_on(reading, file, entry);
        }
        return true;
      });
  put_names(reading, file, std::move(names));
  if (verdict.reason == Reason::kRead && file.children == 0) {
    // An archive of nothing is small, or zeros; another one only begins like an archive.
    const std::string_view bytes = file.bytes;
    const bool nothing =
        bytes.size() <= kMostOfNothing || bytes.find_first_not_of('\0') == std::string_view::npos;
    verdict.reason = nothing ? Reason::kEmpty : Reason::kBroken;
    verdict.detail = "no files in it";
  }
  // What can not be unpacked may show something as it stands.
  if (verdict.reason != Reason::kRead && file.children == 0 && verdict.reason != Reason::kEmpty &&
      !reading.stopped()) {
    (void)read_binary(reading, file);
  }
  verdict.type = type;
  return verdict;
}

bool is_document_xml(std::string_view path) {
  const std::string lower = to_lower(path);
  return lower.ends_with(".xml") || lower.ends_with(".rels") || lower.ends_with(".vml") ||
         lower == "mimetype";
}

// A zip whose first files say so is one document. Its XML is kept, all else is a file within it.
Verdict read_package(Reading& reading, File& file, bool open_document) {
  Package package;
  Verdict verdict =
      for_each_entry(reading, file.bytes, ArchiveKind::kFiles, [&](ArchiveEntry& entry) {
        if (entry.is_folder) {
          return true;
        }
        if (is_document_xml(entry.path) && entry.verdict.reason == Reason::kRead) {
          package.emplace(std::move(entry.path), std::move(entry.bytes));
        } else {
          hand_on(reading, file, entry);
        }
        return true;
      });
  Verdict document = open_document ? read_open_document(reading, file, package)
                                   : read_office(reading, file, package);
  if (verdict.reason == Reason::kRead) {
    return document;
  }
  verdict.type = document.type;
  return verdict;
}

}  // namespace
}  // namespace read_archives

Verdict read_archive(Reading& reading, File& file) {
  return read_archives::read_files(reading, file, "archive");
}

Verdict read_zip(Reading& reading, File& file) {
  // Both stand in clear in the names that the zip's own directory holds.
  const std::string_view bytes = file.bytes;
  const bool office = bytes.find("[Content_Types].xml") != std::string_view::npos &&
                      bytes.find("_rels/.rels") != std::string_view::npos;
  const bool open_document =
      bytes.substr(0, 128).find("mimetypeapplication/vnd.oasis.opendocument") !=
      std::string_view::npos;
  if (office || open_document) {
    return read_archives::read_package(reading, file, open_document);
  }
  return read_archives::read_files(reading, file, "zip");
}

Verdict read_packed(Reading& reading, File& file) {
  // A packed tar is an archive at once: "logs.tgz › a.log", as everybody sees it.
  const std::string lower = to_lower(file.name);
  const size_t dot = file.name.rfind('.');
  std::string inner = dot == std::string::npos || dot == 0 ? file.name : file.name.substr(0, dot);
  if (lower.ends_with(".tgz") || lower.ends_with(".tbz") || lower.ends_with(".tbz2") ||
      lower.ends_with(".txz")) {
    inner += ".tar";
  }
  if (inner.empty()) {
    inner = "content";
  }
  Verdict verdict =
      for_each_entry(reading, file.bytes, ArchiveKind::kPacked, [&](ArchiveEntry& entry) {
        entry.path = inner;
        read_archives::hand_on(reading, file, entry);
        return true;
      });
  if (verdict.reason != Reason::kRead && file.children == 0 && !reading.stopped()) {
    (void)read_binary(reading, file);
  }
  return verdict;
}

}  // namespace spillguard::extract
