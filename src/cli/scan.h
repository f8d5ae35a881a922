// spillguard scan PATH…: files, folders or the standard input, without server and database.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/command_line.h"
#include "cli/rule_options.h"

namespace spillguard::cli {

struct ScanOptions {
  std::vector<std::string> paths;
  RuleOptions rules;
  std::string format = "text";  // text, jsonl
  std::string markup = "auto";  // auto or a markup's name
  std::string key_file;         // empty: the public key
  uint64_t threads = 0;         // 0: as many as there are processors
  uint64_t max_file_bytes = UINT64_C(1) << 30U;
  bool redact = false;
  bool summary = true;
  bool quiet = false;
};

int run_scan(const ScanOptions& options, Io& io);

}  // namespace spillguard::cli
