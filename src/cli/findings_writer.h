// The two forms in which findings leave `spillguard scan`.
#pragma once

#include <memory>
#include <ostream>
#include <span>

#include "cli/file_scan.h"
#include "detect/rule.h"

namespace spillguard::cli {

// Writes to a stream that outlives it. One thread.
class FindingsWriter {
 public:
  virtual ~FindingsWriter() = default;
  virtual void write(const InputFile& file, const FileFinding& finding) = 0;
};

// "path:line:column RULE  the line with the secret masked": for people, never in clear.
std::unique_ptr<FindingsWriter> make_text_writer(std::ostream& out,
                                                 std::span<const detect::Rule> rules, bool colour);

// A JSON object a line: file, line, column, rule, secret, match, fingerprint. `redact` masks secret
// and match; the fingerprint stays.
std::unique_ptr<FindingsWriter> make_jsonl_writer(std::ostream& out,
                                                  std::span<const detect::Rule> rules, bool redact);

}  // namespace spillguard::cli
