#include "cli/scan_summary.h"

#include <fmt/format.h>

#include "base/strings.h"
#include "cli/command_line.h"

namespace spillguard::cli {
namespace summary {
namespace {

std::string counted(uint64_t number, const char* one, const char* many) {
  return fmt::format("{} {}", number, number == 1 ? one : many);
}

void print_reasons(std::ostream& out, const char* what,
                   const std::map<std::string, uint64_t>& counts) {
  std::string reasons;
  uint64_t all = 0;
  for (const auto& [reason, count] : counts) {
    reasons += fmt::format("{}{} {}", reasons.empty() ? "" : ", ", count, reason);
    all += count;
  }
  if (all != 0) {
    out << fmt::format("{} {}: {}\n", what, all, reasons);
  }
}

}  // namespace
}  // namespace summary

void ScanSummary::add(const FileReport& report) {
  bytes_ += report.bytes;
  findings_ += report.findings.size();
  in_this_file_ = in_this_file_ || !report.findings.empty();
  undecided_ += report.limits.size();
  known_ += report.known;
  allowed_ += report.allowed;
  for (const extract::Outcome& outcome : report.outcomes) {
    ++(outcome.location.empty() ? documents_ : within_);
    if (extract::is_failure(outcome.reason)) {
      ++not_read_[std::string(extract::reason_name(outcome.reason))];
    }
  }
  if (report.more) {
    return;
  }
  files_with_findings_ += in_this_file_ ? 1 : 0;
  in_this_file_ = false;
  if (report.left_out) {
    add(*report.left_out);
  } else {
    ++files_;
  }
}

void ScanSummary::add(const LeftOut& left_out) {
  if (left_out.failure) {
    ++failures_;
  } else {
    ++skipped_[left_out.reason];
  }
}

void ScanSummary::print(std::ostream& out) const {
  out << fmt::format("{} in {}; scanned {}, {}", summary::counted(findings_, "finding", "findings"),
                     summary::counted(files_with_findings_, "file", "files"),
                     summary::counted(files_, "file", "files"), human_bytes(bytes_));
  if (failures_ != 0) {
    out << fmt::format("; {} not read", failures_);
  }
  out << '\n';
  if (known_ + allowed_ != 0) {
    std::string why = known_ == 0 ? "" : fmt::format("{} in the baseline", known_);
    if (allowed_ != 0) {
      why += fmt::format("{}{} allowed by a pragma", why.empty() ? "" : ", ", allowed_);
    }
    out << fmt::format("not reported {}: {}\n", known_ + allowed_, why);
  }
  if (documents_ != 0) {
    out << fmt::format("opened {} with {} within\n",
                       summary::counted(documents_, "document", "documents"),
                       summary::counted(within_, "file", "files"));
  }
  summary::print_reasons(out, "not read, or not to their end", not_read_);
  summary::print_reasons(out, "skipped", skipped_);
  if (undecided_ != 0) {
    out << fmt::format("{} a rule gave up at its match limit\n",
                       summary::counted(undecided_, "place where", "places where"));
  }
}

int ScanSummary::exit_code() const {
  if (failures_ != 0) {
    return kExitError;
  }
  return findings_ != 0 ? kExitFindings : kExitNothing;
}

}  // namespace spillguard::cli
