#include "extract_helper/office_xml.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/strings.h"

namespace spillguard::extract {
namespace office_xml {
namespace {

using Name = std::string_view;

// Local names of WordprocessingML, DrawingML, SpreadsheetML, VML and OpenDocument after which a
// line ends.
constexpr std::array kBlocks = {Name("p"),
                                Name("h"),
                                Name("tr"),
                                Name("table-row"),
                                Name("si"),
                                Name("row"),
                                Name("comment"),
                                Name("list-item"),
                                Name("br"),
                                Name("textbox"),
                                Name("line-break"),
                                Name("annotation"),
                                Name("cr"),
                                Name("text"),
                                Name("meta"),
                                Name("property"),
                                Name("user-defined"),
                                Name("docVar"),
                                Name("title"),
                                Name("subject"),
                                Name("creator"),
                                Name("keywords"),
                                Name("description"),
                                Name("lastModifiedBy"),
                                Name("category"),
                                Name("Company"),
                                Name("Manager"),
                                Name("keyword"),
                                Name("initial-creator"),
                                Name("v"),
                                Name("f"),
                                Name("oddHeader"),
                                Name("oddFooter"),
                                Name("definedName"),
                                Name("pt")};
constexpr std::array kCells = {Name("tc"), Name("table-cell"), Name("tab")};
constexpr std::array kWords = {
    Name("descr"),      Name("title"),       Name("Target"),           Name("instr"),
    Name("author"),     Name("tooltip"),     Name("display"),          Name("alt"),
    Name("href"),       Name("url"),         Name("prompt"),           Name("promptTitle"),
    Name("error"),      Name("errorTitle"),  Name("connection"),       Name("command"),
    Name("sourceFile"), Name("string"),      Name("connectionString"), Name("commandText"),
    Name("formula"),    Name("value"),       Name("string-value"),     Name("refersTo"),
    Name("text"),       Name("desc"),        Name("condition"),        Name("label"),
    Name("creator"),    Name("description"), Name("server"),           Name("odcFile"),
    Name("query")};

template <size_t Size>
bool is_one_of(const std::array<Name, Size>& names, Name name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace
}  // namespace office_xml

bool carries_words(std::string_view name, std::string_view value) {
  constexpr size_t kShort = 4;
  constexpr size_t kLong = 12;  // "val" is mostly a size, a colour or a style
  if (value.size() < kShort || value.starts_with("http://schemas.") ||
      value.starts_with("urn:oasis:") || value.starts_with("http://purl.o")) {
    return false;
  }
  return office_xml::is_one_of(office_xml::kWords, name) ||
         ((name == "val" || name == "name" || name == "tag") && value.size() >= kLong);
}

std::string put_xml_words(std::string_view source, MarkedText& out) {
  std::string asides;
  const auto flush = [&] {
    out.line();
    if (!asides.empty()) {
      out.put(asides);
      asides.clear();
    }
  };
  XmlEvents events;
  events.start = [&](std::string_view name, const std::vector<XmlAttribute>& attributes) {
    if (name == "s") {  // OpenDocument: blanks
      out.put(' ');
    }
    for (const XmlAttribute& one : attributes) {
      if (carries_words(one.name, one.value)) {
        asides += one.name;
        asides += ": ";
        asides += one.value;
        asides += '\n';
      }
    }
  };
  events.end = [&](std::string_view name) {
    if (office_xml::is_one_of(office_xml::kCells, name)) {
      if (!out.empty() && out.text().back() != '\n') {
        out.put('\t');
      }
    } else if (office_xml::is_one_of(office_xml::kBlocks, name)) {
      flush();
    }
  };
  events.text = [&](std::string_view text) {
    // Line breaks between elements are the file's, not the author's.
    if (text.find_first_not_of(" \t\r\n") != std::string_view::npos ||
        text.find('\n') == std::string_view::npos) {
      out.put(text);
    }
  };
  events.comment = [&](std::string_view text) {
    asides += text;
    asides += '\n';
  };
  std::string error = read_xml(source, events);
  flush();
  return error;
}

void give_xml(Reading& reading, File& file, std::string_view inner, std::string_view source,
              Verdict& verdict) {
  MarkedText words;
  const std::string error = put_xml_words(source, words);
  words.give(reading, file, inner);
  if (!error.empty()) {
    reading.text(file, inner, std::string(source));
    verdict.reason = Reason::kBroken;
    verdict.detail = std::string(inner) + ": " + error;
  }
}

std::string cell_address(uint64_t row, uint64_t column) {
  std::string letters;
  for (uint64_t rest = column + 1; rest != 0; rest = (rest - 1) / 26) {
    letters.insert(letters.begin(), static_cast<char>('A' + (rest - 1) % 26));
  }
  return letters + std::to_string(row + 1);
}

std::vector<Relation> read_relations(const Package& package, std::string_view part) {
  const size_t slash = part.rfind('/');
  std::string path = slash == std::string_view::npos ? "" : std::string(part.substr(0, slash + 1));
  path += "_rels/";
  path += slash == std::string_view::npos ? part : part.substr(slash + 1);
  path += ".rels";
  std::vector<Relation> relations;
  if (const auto found = package.find(path); found != package.end()) {
    XmlEvents events;
    events.start = [&](std::string_view name, const std::vector<XmlAttribute>& attributes) {
      if (name == "Relationship") {
        relations.push_back({.id = std::string(attribute(attributes, "Id")),
                             .type = std::string(attribute(attributes, "Type")),
                             .target = std::string(attribute(attributes, "Target"))});
      }
    };
    (void)read_xml(found->second, events);  // its errors are told where its words are read
  }
  return relations;
}

std::string resolve_target(std::string_view part, std::string_view target) {
  if (target.starts_with('/')) {
    return std::string(target.substr(1));
  }
  const size_t slash = part.rfind('/');
  std::vector<std::string_view> pieces;
  if (slash != std::string_view::npos) {
    pieces = split(part.substr(0, slash), '/');
  }
  for (const std::string_view piece : split(target, '/')) {
    if (piece == ".." && !pieces.empty()) {
      pieces.pop_back();
    } else if (piece != "." && piece != "..") {
      pieces.push_back(piece);
    }
  }
  std::string path;
  for (const std::string_view piece : pieces) {
    path += path.empty() ? "" : "/";
    path += piece;
  }
  return path;
}

}  // namespace spillguard::extract
