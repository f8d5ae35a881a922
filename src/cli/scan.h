// spillguard scan PATH…: files, folders or the standard input, without server and database.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/command_line.h"
#include "cli/file_scan.h"
#include "cli/rule_options.h"

namespace spillguard::cli {

struct ScanOptions {
  std::vector<std::string> paths;
  std::string export_path;  // an export of Confluence or Jira instead of paths
  RuleOptions rules;
  std::string format = "text";  // see findings_writer.h
  std::string markup = "auto";  // auto or a markup's name
  std::string key_file;         // empty: the public key
  uint64_t threads = 0;         // 0: as many as there are processors
  uint64_t max_file_bytes = kMaxFileBytes;
  std::string min_severity = "info";
  std::string baseline;        // a file of known findings, which are not reported
  std::string write_baseline;  // a file to write with all findings
  std::vector<std::string> ignore_files;
  bool attachments = true;           // open what is no plain text
  std::string sandbox = "required";  // or best-effort
  std::string account;               // a file to write with what came of every file that was opened
  bool ocr = false;
  bool no_ignore = false;  // what the files say about themselves does not count
  bool redact = false;
  bool explain = false;  // say of each finding why it is one
  bool summary = true;
  bool quiet = false;
};

int run_scan(const ScanOptions& options, Io& io);

}  // namespace spillguard::cli
