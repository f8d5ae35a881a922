// A plain text of any length, scanned in windows that overlap, so that memory does not grow with
// it.
//
// What decides about a place lies within WindowSizes::reach of it, but for one thing: matches of a
// rule do not overlap each other, so where one begins can hang on the one before it, and so on. A
// window that begins in the middle of such a chain may cut it up otherwise. Therefore neighbouring
// windows are compared where both see enough: from the place on where they say the same, the later
// one counts. Windows that do not come to say the same are scanned again as one, up to a limit.
// The findings are those of the whole text, and do not depend on how the text comes.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/padded_text.h"
#include "cli/file_scan.h"
#include "cli/source_text.h"
#include "detect/engine.h"

namespace spillguard::cli {

// One thread. Refers to options and scratch.
class WindowScan {
 public:
  // `sink` gets the reports of parts, in order; each has `more` set.
  WindowScan(const FileScanOptions& options, detect::Engine::Scratch& scratch,
             std::function<void(FileReport)> sink);

  void add(std::string_view text);
  // The report of the last part.
  FileReport finish();

 private:
  // The text of a window and where it stands in the whole.
  struct Window {
    PaddedText text;
    size_t begin = 0;
    Place place;  // of the begin
    [[nodiscard]] size_t end() const { return begin + text.size(); }
  };
  // A match by its place in the whole text, and what to report: nothing when it is allowed.
  struct Found {
    detect::Match match;
    std::optional<FileFinding> finding;
  };

  // Scans what is in the buffer and keeps the end of it for the next window.
  FileReport scan_window(bool last);
  // From where on this window and the one before it say the same, up to the end of their zone.
  [[nodiscard]] size_t agreed(size_t begin) const;
  // Reports what the window before found in front of `until`; the later window decides the rest.
  void settle(size_t until, FileReport& report);
  // Where the next window begins: the begin of a line, if one is near.
  [[nodiscard]] size_t next_begin(std::string_view text) const;

  const FileScanOptions& options_;
  detect::Engine::Scratch& scratch_;
  std::function<void(FileReport)> sink_;
  std::string buffer_;  // of the next window
  size_t begin_ = 0;    // of the buffer, in the whole
  Place place_;         // of the buffer's begin
  Window before_;       // the last window
  // The last window's matches in the zone that the next one decides about.
  Span zone_;
  std::vector<Found> pending_;
  std::vector<detect::LimitHit> pending_limits_;
  detect::ScanResult result_;  // of the window being scanned, by places in it
};

}  // namespace spillguard::cli
