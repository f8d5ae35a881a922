#include "extract_helper/spreadsheet.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "extract_helper/office_xml.h"

namespace spillguard::extract {
namespace spreadsheets {
namespace {

constexpr std::string_view kWorkbook = "xl/workbook.xml";

struct Sheet {
  std::string name;
  std::string path;
};

// The strings of all sheets, by number. Runs are joined; readings of Asian characters (rPh) are
// not.
std::vector<std::string> read_shared(std::string_view source, std::string& error) {
  std::vector<std::string> strings;
  bool in_text = false;
  int phonetic = 0;
  XmlEvents events;
  events.start = [&](std::string_view name, const std::vector<XmlAttribute>& /*attributes*/) {
    if (name == "si") {
      strings.emplace_back();
    }
    phonetic += name == "rPh" ? 1 : 0;
    in_text = name == "t" && phonetic == 0 && !strings.empty();
  };
  events.end = [&](std::string_view name) {
    phonetic -= name == "rPh" ? 1 : 0;
    in_text = false;
  };
  events.text = [&](std::string_view text) {
    if (in_text) {
      strings.back() += text;
    }
  };
  error = read_xml(source, events);
  return strings;
}

std::vector<Sheet> list_sheets(const Package& package) {
  std::vector<Sheet> sheets;
  const std::vector<Relation> relations = read_relations(package, kWorkbook);
  const auto book = package.find(kWorkbook);
  if (book == package.end()) {
    return sheets;
  }
  XmlEvents events;
  events.start = [&](std::string_view name, const std::vector<XmlAttribute>& attributes) {
    if (name != "sheet") {
      return;
    }
    const std::string_view id = attribute(attributes, "id");
    const auto relation = std::find_if(relations.begin(), relations.end(),
                                       [&](const Relation& one) { return one.id == id; });
    if (relation != relations.end()) {
      sheets.push_back({.name = std::string(attribute(attributes, "name")),
                        .path = resolve_target(kWorkbook, relation->target)});
    }
  };
  (void)read_xml(book->second, events);  // its errors are told where its words are read
  return sheets;
}

// One sheet's cells in rows; everything else with words in it after them.
class SheetReader {
 public:
  SheetReader(std::string name, const std::vector<std::string>& shared, std::vector<bool>& used)
      : name_(std::move(name)), shared_(shared), used_(used) {}

  std::string read(std::string_view source, MarkedText& out) {
    XmlEvents events;
    events.start = [&](std::string_view name, const std::vector<XmlAttribute>& attributes) {
      start(name, attributes, out);
    };
    events.end = [&](std::string_view name) { end(name, out); };
    events.text = [&](std::string_view text) { (cell_ ? value_ : words_) += text; };
    std::string error = read_xml(source, events);
    if (trim(words_).size() + asides_.size() != 0) {
      out.line();
      out.mark(name_);
      out.put(trim(words_));
      out.line();
      out.put(asides_);
    }
    return error;
  }

 private:
  void start(std::string_view name, const std::vector<XmlAttribute>& attributes, MarkedText& out) {
    if (name == "row") {
      out.line();
      ++row_;
      column_ = 0;
    } else if (name == "c") {
      cell_ = true;
      address_ = attribute(attributes, "r");
      if (address_.empty()) {
        address_ = cell_address(row_ == 0 ? 0 : row_ - 1, column_);
      }
      ++column_;
      is_shared_ = attribute(attributes, "t") == "s";
      shown_.clear();
      formula_.clear();
    } else {
      if (!cell_ && !words_.empty() && words_.back() != '\n') {
        words_ += '\n';
      }
      for (const XmlAttribute& one : attributes) {
        if (carries_words(one.name, one.value)) {
          asides_ += std::string(one.name) + ": " + std::string(one.value) + "\n";
        }
      }
    }
    if (name == "v" || name == "f" || name == "is" || name == "c") {
      value_.clear();
    }
  }

  void end(std::string_view name, MarkedText& out) {
    if (!cell_) {
      return;
    }
    if (name == "f") {
      formula_ = std::exchange(value_, {});
    } else if (name == "is") {
      shown_ += std::exchange(value_, {});
    } else if (name == "v") {
      const auto number = is_shared_ ? parse_int(trim(value_)) : std::nullopt;
      if (number && *number >= 0 && static_cast<size_t>(*number) < shared_.size()) {
        shown_ += shared_[static_cast<size_t>(*number)];
        used_[static_cast<size_t>(*number)] = true;
      } else {
        shown_ += value_;
      }
      value_.clear();
    } else if (name == "c") {
      cell_ = false;
      if (shown_.empty() && formula_.empty()) {
        return;
      }
      if (!out.empty() && out.text().back() != '\n') {
        out.put('\t');
      }
      out.mark(name_ + "!" + address_);
      out.put(shown_);
      // A formula that is more than sums may hold what its result does not show.
      if (formula_.find('"') != std::string::npos) {
        out.put(shown_.empty() ? "=" : " =");
        out.put(formula_);
      }
    }
  }

  std::string name_;
  const std::vector<std::string>& shared_;
  std::vector<bool>& used_;
  uint64_t row_ = 0;
  uint64_t column_ = 0;
  bool cell_ = false;
  bool is_shared_ = false;
  std::string address_;
  std::string value_;
  std::string shown_;
  std::string formula_;
  std::string words_;
  std::string asides_;
};

// Comments of both kinds: of cells ("comment ref") and the newer threads.
std::string put_comments(const std::string& sheet, std::string_view source, MarkedText& out) {
  XmlEvents events;
  bool in_text = false;
  events.start = [&](std::string_view name, const std::vector<XmlAttribute>& attributes) {
    if (name == "comment" || name == "threadedComment") {
      out.line();
      out.mark(sheet + "!" + std::string(attribute(attributes, "ref")) + " (comment)");
    }
    in_text = name == "t" || name == "text" || name == "author";
  };
  events.end = [&](std::string_view name) {
    if (name == "author" || name == "comment" || name == "threadedComment") {
      out.line();
    }
    in_text = false;
  };
  events.text = [&](std::string_view text) {
    if (in_text) {
      out.put(text);
    }
  };
  return read_xml(source, events);
}

}  // namespace
}  // namespace spreadsheets

void read_workbook(Reading& reading, File& file, const Package& package,
                   std::set<std::string, std::less<>>& done, Verdict& verdict) {
  using spreadsheets::Sheet;
  const auto trouble = [&](const std::string& where, const std::string& error,
                           std::string_view source) {
    if (!error.empty()) {
      reading.text(file, where, std::string(source));
      verdict.reason = Reason::kBroken;
      verdict.detail = where + ": " + error;
    }
  };
  std::vector<std::string> shared;
  if (const auto found = package.find("xl/sharedStrings.xml"); found != package.end()) {
    std::string error;
    shared = spreadsheets::read_shared(found->second, error);
    trouble("shared strings", error, found->second);
    done.insert(found->first);
  }
  std::vector<bool> used(shared.size());
  for (const Sheet& sheet : spreadsheets::list_sheets(package)) {
    const auto found = package.find(sheet.path);
    if (found == package.end()) {
      continue;
    }
    if (reading.entry() != Reason::kRead) {
      return;
    }
    MarkedText cells;
    spreadsheets::SheetReader reader(sheet.name, shared, used);
    trouble(sheet.name, reader.read(found->second, cells), found->second);
    cells.give(reading, file, {});
    done.insert(sheet.path);
    for (const Relation& relation : read_relations(package, sheet.path)) {
      const auto comments = package.find(resolve_target(sheet.path, relation.target));
      if (comments != package.end() &&
          to_lower(relation.type).ends_with("comments") +
                  to_lower(relation.type).ends_with("threadedcomment") !=
              0) {
        MarkedText out;
        trouble(sheet.name, spreadsheets::put_comments(sheet.name, comments->second, out),
                comments->second);
        out.give(reading, file, {});
        done.insert(comments->first);
      }
    }
  }
  // Strings that stand in no cell any more, but are still in the file.
  std::string unused;
  for (size_t i = 0; i < shared.size(); ++i) {
    if (!used[i] && !shared[i].empty()) {
      unused += shared[i];
      unused += '\n';
    }
  }
  reading.text(file, "strings of no cell", std::move(unused));
}

}  // namespace spillguard::extract
