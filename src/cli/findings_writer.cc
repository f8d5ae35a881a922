#include "cli/findings_writer.h"

#include <string>

#include "base/json_writer.h"
#include "base/strings.h"
#include "cli/context.h"

namespace spillguard::cli {
namespace writing {
namespace {

// Select Graphic Rendition of ECMA-48.
constexpr const char* kBold = "\x1b[1m";
constexpr const char* kRed = "\x1b[31m";
constexpr const char* kYellow = "\x1b[33m";
constexpr const char* kNormal = "\x1b[0m";

class TextWriter : public FindingsWriter {
 public:
  TextWriter(std::ostream& out, std::span<const detect::Rule> rules, bool colour)
      : out_(out), rules_(rules), colour_(colour) {}

  void write(const InputFile& file, const FileFinding& finding) override {
    const std::string& shown = file.path == "-" ? file.shown : file.path;
    out_ << in(kBold) << for_terminal(shown) << in(kNormal) << ':' << finding.line << ':'
         << finding.column << ' ' << in(kYellow) << rules_[finding.rule].name << in(kNormal) << "  "
         << finding.before << in(kRed) << finding.masked << in(kNormal) << finding.after << '\n';
  }

 private:
  [[nodiscard]] const char* in(const char* colour) const { return colour_ ? colour : ""; }

  std::ostream& out_;
  std::span<const detect::Rule> rules_;
  bool colour_;
};

class JsonlWriter : public FindingsWriter {
 public:
  JsonlWriter(std::ostream& out, std::span<const detect::Rule> rules, bool redact)
      : out_(out), rules_(rules), redact_(redact) {}

  void write(const InputFile& file, const FileFinding& finding) override {
    line_.clear();
    JsonWriter json(line_);
    json.begin_object();
    json.field("file", file.shown);
    json.field("line", finding.line);
    json.field("column", finding.column);
    json.field("rule", rules_[finding.rule].name);
    json.field("secret", redact_ ? mask(finding.secret) : finding.secret);
    json.field("match", redact_ ? mask(finding.match) : finding.match);
    json.field("fingerprint", finding.fingerprint.hex());
    json.end_object();
    line_ += '\n';
    out_ << line_;
  }

 private:
  std::ostream& out_;
  std::span<const detect::Rule> rules_;
  bool redact_;
  std::string line_;
};

}  // namespace
}  // namespace writing

std::unique_ptr<FindingsWriter> make_text_writer(std::ostream& out,
                                                 std::span<const detect::Rule> rules, bool colour) {
  return std::make_unique<writing::TextWriter>(out, rules, colour);
}

std::unique_ptr<FindingsWriter> make_jsonl_writer(std::ostream& out,
                                                  std::span<const detect::Rule> rules,
                                                  bool redact) {
  return std::make_unique<writing::JsonlWriter>(out, rules, redact);
}

}  // namespace spillguard::cli
