// What a scan of files did, for its last lines and its exit code. Nothing that was not scanned goes
// uncounted.
#pragma once

#include <cstdint>
#include <map>
#include <ostream>
#include <string>

#include "cli/file_scan.h"

namespace spillguard::cli {

class ScanSummary {
 public:
  // The reports of a file one after the other.
  void add(const FileReport& report);
  void add(const LeftOut& left_out);

  // The counts, and a line each for what was not reported, skipped or undecided.
  void print(std::ostream& out) const;
  // Failures outweigh findings: what could not be read may hold more of them.
  [[nodiscard]] int exit_code() const;
  [[nodiscard]] uint64_t files() const { return files_; }
  [[nodiscard]] uint64_t findings() const { return findings_; }
  [[nodiscard]] uint64_t failures() const { return failures_; }

 private:
  uint64_t files_ = 0;
  uint64_t bytes_ = 0;
  uint64_t findings_ = 0;
  uint64_t known_ = 0;
  uint64_t allowed_ = 0;
  uint64_t files_with_findings_ = 0;
  uint64_t failures_ = 0;
  uint64_t undecided_ = 0;
  bool in_this_file_ = false;                // a part of it had findings
  std::map<std::string, uint64_t> skipped_;  // by reason
  // Of documents: those opened, and what could not be read of them and of files within, by reason.
  uint64_t documents_ = 0;
  uint64_t within_ = 0;
  std::map<std::string, uint64_t> not_read_;
};

}  // namespace spillguard::cli
