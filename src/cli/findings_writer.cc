#include "cli/findings_writer.h"

#include <string>

#include "base/json_writer.h"
#include "base/strings.h"
#include "cli/context.h"
#include "cli/csv_writer.h"
#include "cli/explanation_writer.h"
#include "cli/sarif_writer.h"

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
    out_ << in(kBold) << for_terminal(extract::join_location(shown, finding.location))
         << in(kNormal) << ':' << finding.line << ':' << finding.column << ' ' << in(kYellow)
         << rules_[finding.rule].name << in(kNormal)
         << (finding.decoded.empty() ? "" : " (" + finding.decoded + ")") << "  " << finding.before
         << in(kRed) << finding.masked << in(kNormal) << finding.after << '\n';
    if (finding.explanation != nullptr) {
      out_ << explanation_lines(*finding.explanation);
    }
  }

 private:
  [[nodiscard]] const char* in(const char* colour) const { return colour_ ? colour : ""; }

  std::ostream& out_;
  std::span<const detect::Rule> rules_;
  bool colour_;
};

// The objects of jsonl and json, which differ in what stands between them.
class JsonObjectsWriter : public FindingsWriter {
 public:
  JsonObjectsWriter(std::ostream& out, std::span<const detect::Rule> rules, bool redact, bool array)
      : out_(out), rules_(rules), redact_(redact), array_(array) {
    if (array_) {
      out_ << '[';
    }
  }

  void write(const InputFile& file, const FileFinding& finding) override {
    line_ = !array_ ? "" : first_ ? "\n" : ",\n";
    first_ = false;
    JsonWriter json(line_);
    json.begin_object();
    json.field("file", file.shown);
    json.field("line", finding.line);
    json.field("column", finding.column);
    if (!finding.location.empty()) {
      json.field("location", finding.location);
    }
    json.field("rule", rules_[finding.rule].name);
    json.field("secret", redact_ ? mask(finding.secret) : finding.secret);
    json.field("match", redact_ ? mask(finding.match) : finding.match);
    json.field("fingerprint", finding.fingerprint.hex());
    if (!finding.decoded.empty()) {
      json.field("decoded", finding.decoded);
    }
    if (finding.explanation != nullptr) {
      json.key("explanation");
      write_explanation(json, *finding.explanation);
    }
    json.end_object();
    if (!array_) {
      line_ += '\n';
    }
    out_ << line_;
  }

  void finish(bool /*complete*/) override {
    if (array_) {
      out_ << (first_ ? "]\n" : "\n]\n");
    }
  }

 private:
  std::ostream& out_;
  std::span<const detect::Rule> rules_;
  bool redact_;
  bool array_;
  bool first_ = true;
  std::string line_;
};

}  // namespace
}  // namespace writing

std::unique_ptr<FindingsWriter> make_writer(std::ostream& out, const WriterOptions& options) {
  if (options.format == "sarif") {
    return make_sarif_writer(out, options.rules);
  }
  if (options.format == "csv") {
    return make_csv_writer(out, options.rules, options.redact);
  }
  if (options.format == "json" || options.format == "jsonl") {
    return std::make_unique<writing::JsonObjectsWriter>(out, options.rules, options.redact,
                                                        options.format == "json");
  }
  return std::make_unique<writing::TextWriter>(out, options.rules, options.colour);
}

}  // namespace spillguard::cli
