// The forms in which findings leave `spillguard scan`. Each is written as findings come, so that
// memory does not grow with them, and is whole after finish().
#pragma once

#include <memory>
#include <ostream>
#include <span>
#include <string>

#include "cli/file_scan.h"
#include "detect/rule.h"

namespace spillguard::cli {

// Writes to a stream that outlives it. One thread.
class FindingsWriter {
 public:
  virtual ~FindingsWriter() = default;
  virtual void write(const InputFile& file, const FileFinding& finding) = 0;
  // Once, after the last finding. `complete`: all that should have been scanned was.
  virtual void finish(bool /*complete*/) {}
};

struct WriterOptions {
  std::string format = "text";          // text, jsonl, json, csv, sarif
  std::span<const detect::Rule> rules;  // by FileFinding::rule; outlive the writer
  bool redact = false;                  // masks secret and match in jsonl, json and csv
  bool colour = false;                  // of text
};

// text: "path:line:column RULE  the line with the secret masked", for people, never in clear.
// jsonl: a JSON object a line: file, line, column, rule, secret, match, fingerprint; of findings
// within a document also location (in text behind the path); of secrets in encoded text also
// decoded: the decoders, outermost first. Where findings carry their explanation, it follows in
// lines (text), or as an object (jsonl, json, sarif). json: an array of the same objects. csv: the
// same fields, see csv_writer.h. sarif: for code scanning tools, never in clear, see
// sarif_writer.h.
std::unique_ptr<FindingsWriter> make_writer(std::ostream& out, const WriterOptions& options);

}  // namespace spillguard::cli
