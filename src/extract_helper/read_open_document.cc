// OpenDocument 1.3: content, styles (headers, footers) and meta data of text, sheets and slides.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "extract_helper/office_xml.h"

namespace spillguard::extract {
namespace open_document {
namespace {

constexpr int64_t kMostRepeated = 16384;  // of one cell; more is only how an empty rest is written

// Cells get their address, slides their number; all else is lines.
class ContentReader {
 public:
  explicit ContentReader(MarkedText& out) : out_(out) {}

  std::string read(std::string_view source) {
    XmlEvents events;
    events.start = [&](std::string_view name, const std::vector<XmlAttribute>& attributes) {
      start(name, attributes);
    };
    events.end = [&](std::string_view name) { end(name); };
    events.text = [&](std::string_view text) {
      if (text.find_first_not_of(" \t\r\n") != std::string_view::npos ||
          text.find('\n') == std::string_view::npos) {
        out_.put(text);
      }
    };
    events.comment = [&](std::string_view text) { asides_ += std::string(text) + "\n"; };
    std::string error = read_xml(source, events);
    flush();
    return error;
  }

 private:
  static uint64_t repeated(const std::vector<XmlAttribute>& attributes, std::string_view name) {
    return static_cast<uint64_t>(
        std::clamp<int64_t>(parse_int(attribute(attributes, name)).value_or(1), 1, kMostRepeated));
  }

  void flush() {
    out_.line();
    out_.put(std::exchange(asides_, {}));
  }

  void start(std::string_view name, const std::vector<XmlAttribute>& attributes) {
    if (name == "table") {
      table_ = attribute(attributes, "name");
      row_ = 0;
    } else if (name == "table-row") {
      flush();
      column_ = 0;
      row_repeat_ = repeated(attributes, "number-rows-repeated");
    } else if (name == "table-cell" || name == "covered-table-cell") {
      if (!out_.empty() && out_.text().back() != '\n') {
        out_.put('\t');
      }
      in_cell_ = true;
      address_ = table_ + "!" + cell_address(row_, column_);
      out_.mark(address_);
      column_ += repeated(attributes, "number-columns-repeated");
    } else if (name == "annotation") {
      flush();
      if (in_cell_) {
        out_.mark(address_ + " (comment)");
      }
    } else if (name == "page" && !attribute(attributes, "name").empty()) {
      flush();
      out_.mark("slide " + std::to_string(++slide_));
    } else if (name == "notes" && slide_ != 0) {
      flush();
      out_.mark("slide " + std::to_string(slide_) + " notes");
    } else if (name == "s") {
      out_.put(' ');
    } else if (name == "tab") {
      out_.put('\t');
    } else if (name == "line-break") {
      out_.line();
    }
    for (const XmlAttribute& one : attributes) {
      if (carries_words(one.name, one.value)) {
        asides_ += std::string(one.name) + ": " + std::string(one.value) + "\n";
      }
    }
  }

  void end(std::string_view name) {
    if (name == "p" || name == "h") {
      if (!in_cell_) {
        flush();
      } else {
        out_.put(' ');
      }
    } else if (name == "table-row") {
      flush();
      row_ += row_repeat_;
    } else if (name == "table-cell" || name == "covered-table-cell") {
      in_cell_ = false;
    } else if (name == "annotation") {
      flush();
      if (in_cell_) {
        out_.mark(address_);
      }
    } else if (name == "page") {
      flush();
    } else if (name == "table") {
      flush();
    }
  }

  MarkedText& out_;
  std::string asides_;
  std::string table_;
  std::string address_;
  uint64_t row_ = 0;
  uint64_t column_ = 0;
  uint64_t row_repeat_ = 1;
  uint64_t slide_ = 0;
  bool in_cell_ = false;
};

std::string_view kind_of(const Package& package) {
  const auto found = package.find("mimetype");
  const std::string_view type = found == package.end() ? std::string_view() : found->second;
  if (type.find("spreadsheet") != std::string_view::npos) {
    return "ods";
  }
  return type.find("presentation") != std::string_view::npos ? "odp" : "odt";
}

}  // namespace
}  // namespace open_document

Verdict read_open_document(Reading& reading, File& file, const Package& package) {
  Verdict verdict;
  verdict.type = open_document::kind_of(package);
  const auto manifest = package.find("META-INF/manifest.xml");
  if (manifest != package.end() && manifest->second.find("encryption-data") != std::string::npos) {
    return {.reason = Reason::kEncrypted, .detail = {}, .type = verdict.type};
  }
  for (const auto& [path, source] : package) {
    if (reading.entry() != Reason::kRead) {
      return stopped_at(reading.stop_reason());
    }
    if (path == "mimetype" || path == "META-INF/manifest.xml" || source.empty()) {
      continue;
    }
    if (!path.ends_with("content.xml")) {
      const std::string_view shown = path == "styles.xml" ? "headers and footers"
                                     : path == "meta.xml" ? "properties"
                                                          : std::string_view(path);
      give_xml(reading, file, shown, source, verdict);
      continue;
    }
    // Objects within ("Object 1/content.xml") are read as the document itself.
    const std::string inner = path == "content.xml" ? "" : path.substr(0, path.rfind('/'));
    MarkedText out;
    const std::string error = open_document::ContentReader(out).read(source);
    out.give(reading, file, inner);
    if (!error.empty()) {
      reading.text(file, path, source);
      verdict.reason = Reason::kBroken;
      verdict.detail = fmt::format("{}: {}", path, error);
    }
  }
  return verdict;
}

}  // namespace spillguard::extract
