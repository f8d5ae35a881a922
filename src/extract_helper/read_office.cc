// Office Open XML (ECMA-376): which of the package's files are what, and under which names people
// know them.
#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "extract_helper/office_xml.h"
#include "extract_helper/spreadsheet.h"

namespace spillguard::extract {
namespace office {
namespace {

struct Naming {
  std::string_view folder;  // and the begin of the file's name
  std::string_view shown;   // its number follows
};

constexpr std::array kNamings = {
    Naming{"word/document", "text"},
    Naming{"word/comments", "comments"},
    Naming{"word/footnotes", "footnotes"},
    Naming{"word/endnotes", "endnotes"},
    Naming{"word/header", "header"},
    Naming{"word/footer", "footer"},
    Naming{"word/settings", "settings"},
    Naming{"ppt/slides/slide", "slide"},
    Naming{"ppt/notesSlides/notesSlide", "notes"},
    Naming{"ppt/comments/", "comments"},
    Naming{"docProps/", "properties"},
    Naming{"xl/connections", "connections"},
    Naming{"xl/externalLinks/", "external links"},
};

std::string digits_of(std::string_view name) {
  std::string digits;
  std::copy_if(name.begin(), name.end(), std::back_inserter(digits),
               [](char c) { return c >= '0' && c <= '9'; });
  return digits;
}

// "ppt/slides/slide12.xml" is "slide 12" for people; what has no name of its own goes by its path.
std::string shown_name(std::string_view path) {
  for (const Naming& naming : kNamings) {
    if (path.starts_with(naming.folder) && path.ends_with(".xml")) {
      const std::string digits = digits_of(path.substr(path.rfind('/') + 1));
      std::string shown(naming.shown);
      if (!digits.empty()) {
        shown += ' ';
        shown += digits;
      }
      return shown;
    }
  }
  return std::string(path);
}

// Notes carry their own numbers; the slide that they belong to is in their relations.
std::string notes_name(const Package& package, std::string_view path) {
  for (const Relation& relation : read_relations(package, path)) {
    if (relation.type.ends_with("/slide")) {
      return "slide " + digits_of(relation.target.substr(relation.target.rfind('/') + 1)) +
             " notes";
    }
  }
  return shown_name(path);
}

// Themes, styles, fonts and the list of types say nothing that anybody wrote but in attributes,
// which are read.
std::string_view kind_of(const Package& package) {
  if (package.contains("word/document.xml")) {
    return "docx";
  }
  if (package.contains("xl/workbook.xml")) {
    return "xlsx";
  }
  return package.contains("ppt/presentation.xml") ? "pptx" : "office";
}

}  // namespace
}  // namespace office

Verdict read_office(Reading& reading, File& file, const Package& package) {
  Verdict verdict;
  verdict.type = office::kind_of(package);
  std::set<std::string, std::less<>> done;
  if (verdict.type == "xlsx") {
    read_workbook(reading, file, package, done, verdict);
  }
  for (const auto& [path, source] : package) {
    if (done.contains(path) || path == "[Content_Types].xml") {
      continue;
    }
    if (reading.entry() != Reason::kRead) {
      return stopped_at(reading.stop_reason());
    }
    if (source.empty()) {
      continue;
    }
    const std::string shown = path.starts_with("ppt/notesSlides/notesSlide")
                                  ? office::notes_name(package, path)
                                  : office::shown_name(path);
    give_xml(reading, file, shown, source, verdict);
  }
  return verdict;
}

}  // namespace spillguard::extract
