// Compound files: Word, Excel and PowerPoint before 2007 (text by catdoc's programs), Outlook's
// mails, macros, and whatever else keeps its data so.
#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "base/strings.h"
#include "extract/type.h"
#include "extract_helper/compound_file.h"
#include "extract_helper/formats.h"
#include "extract_helper/legacy_office.h"
#include "extract_helper/marked_text.h"
#include "extract_helper/office_xml.h"
#include "extract_helper/outlook.h"
#include "extract_helper/strings.h"

namespace spillguard::extract {
namespace compound_reading {
namespace {

constexpr std::string_view kNativeObject = "\x01Ole10Native";

// The words of what a tool gave, so that what other streams say besides is told apart.
class KnownWords {
 public:
  void add(std::string_view text) {
    each_word(text, [&](std::string_view word) {
      words_.emplace(word);
      return true;
    });
  }
  [[nodiscard]] bool has_all(std::string_view text) const {
    bool all = true;
    each_word(text, [&](std::string_view word) {
      all = words_.contains(std::string(word));
      return all;
    });
    return all;
  }

 private:
  template <typename Each>
  static void each_word(std::string_view text, const Each& each) {
    constexpr size_t kShort = 6;
    constexpr std::string_view kBlanks = " \t\r\n\f\",";
    while (!text.empty()) {
      const size_t begin = text.find_first_not_of(kBlanks);
      if (begin == std::string_view::npos) {
        return;
      }
      const size_t end = std::min(text.find_first_of(kBlanks, begin), text.size());
      if (end - begin >= kShort && !each(text.substr(begin, end - begin))) {
        return;
      }
      text.remove_prefix(end);
    }
  }
  std::unordered_set<std::string> words_;
};

// The sheets of an old workbook, cell by cell.
void put_sheets(MarkedText& out, std::string_view csv, const std::vector<OldSheet>& sheets) {
  size_t number = 0;
  while (!csv.empty()) {
    const size_t end = std::min(csv.find('\f'), csv.size());
    const std::string sheet =
        number < sheets.size() ? sheets[number].name : "sheet " + std::to_string(number + 1);
    ++number;
    const auto rows = parse_csv(csv.substr(0, end));
    for (size_t row = 0; row < rows.size(); ++row) {
      const bool known = number <= sheets.size() && row < sheets[number - 1].rows.size();
      const uint64_t at = known ? sheets[number - 1].rows[row] : row;
      out.line();
      for (size_t column = 0; column < rows[row].size(); ++column) {
        if (rows[row][column].empty()) {
          continue;
        }
        if (!out.empty() && out.text().back() != '\n') {
          out.put('\t');
        }
        out.mark(sheet + "!" + cell_address(at, column));
        out.put(rows[row][column]);
      }
    }
    out.line();
    csv.remove_prefix(std::min(end + 1, csv.size()));
    if (csv.starts_with('\n')) {
      csv.remove_prefix(1);
    }
  }
}

// catppt puts a form feed before, and some versions after, each slide.
void put_slides(MarkedText& out, std::string_view text) {
  size_t number = 0;
  for (const std::string_view slide : split(text, '\f')) {
    if (!trim(slide).empty()) {
      out.line();
      out.mark("slide " + std::to_string(++number));
      out.put(slide);
    }
  }
}

struct Office {
  std::string_view type;
  Tool tool = Tool::kWord;
  const CompoundStream* main = nullptr;
};

Office office_of(const CompoundFile& compound) {
  if (const auto* word = compound.find("", "WordDocument")) {
    return {.type = "doc", .tool = Tool::kWord, .main = word};
  }
  for (const char* name : {"Workbook", "Book"}) {
    if (const auto* book = compound.find("", name)) {
      return {.type = "xls", .tool = Tool::kExcel, .main = book};
    }
  }
  if (const auto* slides = compound.find("", "PowerPoint Document")) {
    return {.type = "ppt", .tool = Tool::kPowerPoint, .main = slides};
  }
  return {};
}

// Text by the tool that knows the format.
Verdict read_by_tool(Reading& reading, File& file, const Office& office, const std::string& main,
                     KnownWords& known) {
  const ToolAnswer answer = reading.tool(office.tool, 0, file.bytes);
  known.add(answer.text);
  MarkedText out;
  if (office.tool == Tool::kExcel) {
    put_sheets(out, answer.text, list_old_sheets(main));
  } else if (office.tool == Tool::kPowerPoint) {
    put_slides(out, answer.text);
  } else {
    out.put(answer.text);
  }
  out.give(reading, file, {});
  if (answer.reason == Reason::kToolFailed) {
    return {.reason = Reason::kBroken, .detail = "catdoc can not read it; strings of it were read"};
  }
  return {.reason = answer.reason, .detail = answer.reason == Reason::kRead ? "" : "catdoc"};
}

// A stream by what it holds: a file, macros, or strings that were not seen yet.
void read_stream(Reading& reading, File& file, const CompoundStream& stream,
                 const std::string& bytes, const KnownWords& known) {
  std::string shown = stream.storage + stream.name;
  std::erase_if(shown, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  if (stream.name == kNativeObject) {
    if (const auto native = native_file(bytes); native && !native->bytes.empty()) {
      return reading.within(file, native->name.empty() ? shown : native->name, native->bytes);
    }
  }
  const Type type = sniff(bytes, {});
  if (type != Type::kBinary && type != Type::kText && type != Type::kEmpty && type != Type::kMail &&
      type != Type::kMedia) {
    return reading.within(file, shown, bytes);
  }
  if (std::string source = vba_source(bytes); !source.empty()) {
    return reading.text(file, shown + " (macro)", std::move(source));
  }
  const Strings found = find_strings(bytes);
  MarkedText out;
  for (const std::string_view line : split(found.text, '\n')) {
    if (!known.has_all(line)) {
      out.put(line);
      out.put('\n');
    }
  }
  out.give(reading, file, shown);
}

}  // namespace
}  // namespace compound_reading

Verdict read_compound(Reading& reading, File& file) {
  using compound_reading::KnownWords;
  using compound_reading::Office;
  const auto compound = CompoundFile::open(file.bytes);
  if (!compound) {
    (void)read_binary(reading, file);
    return {.reason = Reason::kBroken, .detail = "its header is not that of a compound file"};
  }
  if (compound->find("", "EncryptedPackage") != nullptr) {
    return {.reason = Reason::kEncrypted, .detail = {}, .type = "office"};
  }
  if (compound->find("", "__properties_version1.0") != nullptr) {
    return read_outlook(reading, file, *compound);
  }
  const Office office = compound_reading::office_of(*compound);
  Verdict verdict;
  KnownWords known;
  if (office.main != nullptr) {
    const std::string main = compound->read(*office.main);
    if ((office.tool == Tool::kWord && is_encrypted_word(main)) ||
        (office.tool == Tool::kExcel && is_encrypted_workbook(main)) ||
        compound->find("", "EncryptedSummary") != nullptr) {
      return {.reason = Reason::kEncrypted, .detail = {}, .type = office.type};
    }
    verdict = compound_reading::read_by_tool(reading, file, office, main, known);
  }
  verdict.type = office.main == nullptr ? "ole" : office.type;
  for (const CompoundStream& stream : compound->streams()) {
    if (reading.entry() != Reason::kRead) {
      return stopped_at(reading.stop_reason());
    }
    const std::string bytes = compound->read(stream);
    if (const Reason reason = reading.unpack(bytes.size(), 0, file.bytes.size());
        reason != Reason::kRead) {
      return stopped_at(reason);
    }
    compound_reading::read_stream(reading, file, stream, bytes, known);
  }
  if (verdict.reason == Reason::kRead && compound->damaged()) {
    verdict.reason = Reason::kBroken;
    verdict.detail = "its tables are damaged; what they lead to was read";
  }
  return verdict;
}

}  // namespace spillguard::extract
