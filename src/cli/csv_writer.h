// Findings as CSV by RFC 4180: a header, lines that end in CR LF, quotes where they are needed.
//
// A cell that a spreadsheet would take for a formula gets an apostrophe in front, as OWASP's page
// on CSV injection says: text of other people must not run when somebody opens the file. Programs
// that need the exact bytes read jsonl.
#pragma once

#include <memory>
#include <ostream>
#include <span>
#include <string>
#include <string_view>

#include "cli/findings_writer.h"

namespace spillguard::cli {

// One cell, guarded and quoted; valid UTF-8.
std::string csv_cell(std::string_view text);

std::unique_ptr<FindingsWriter> make_csv_writer(std::ostream& out,
                                                std::span<const detect::Rule> rules, bool redact);

}  // namespace spillguard::cli
