#include "cli/csv_writer.h"

#include <algorithm>
#include <initializer_list>

#include "base/strings.h"

namespace spillguard::cli {
namespace csv {
namespace {

void write_line(std::ostream& out, std::initializer_list<std::string_view> cells) {
  bool first = true;
  for (const std::string_view cell : cells) {
    out << (first ? "" : ",") << csv_cell(cell);
    first = false;
  }
  out << "\r\n";
}

class CsvWriter : public FindingsWriter {
 public:
  CsvWriter(std::ostream& out, std::span<const detect::Rule> rules, bool redact)
      : out_(out), rules_(rules), redact_(redact) {
    write_line(out_, {"file", "line", "column", "rule", "secret", "match", "fingerprint", "decoded",
                      "location"});
  }

  void write(const InputFile& file, const FileFinding& finding) override {
    write_line(out_, {file.shown, std::to_string(finding.line), std::to_string(finding.column),
                      rules_[finding.rule].name, redact_ ? mask(finding.secret) : finding.secret,
                      redact_ ? mask(finding.match) : finding.match, finding.fingerprint.hex(),
                      finding.decoded, finding.location});
  }

 private:
  std::ostream& out_;
  std::span<const detect::Rule> rules_;
  bool redact_;
};

}  // namespace
}  // namespace csv

std::string csv_cell(std::string_view text) {
  constexpr std::string_view kFormula = "=+-@\t\r\n";
  constexpr std::string_view kQuoted = "\",\r\n";
  std::string cell = to_valid_utf8(text);
  if (!cell.empty() && kFormula.find(cell.front()) != std::string_view::npos) {
    cell.insert(cell.begin(), '\'');
  }
  if (cell.find_first_of(kQuoted) == std::string::npos) {
    return cell;
  }
  std::string quoted = "\"";
  for (const char c : cell) {
    quoted.append(c == '"' ? 2 : 1, c);
  }
  return quoted + '"';
}

std::unique_ptr<FindingsWriter> make_csv_writer(std::ostream& out,
                                                std::span<const detect::Rule> rules, bool redact) {
  return std::make_unique<csv::CsvWriter>(out, rules, redact);
}

}  // namespace spillguard::cli
