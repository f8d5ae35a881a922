// Where an interrupted scan of a scope goes on. Kept in the scope's row, written with what was
// found up to there.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace spillguard::scan {

struct Checkpoint {
  std::string run;              // the request it belongs to; another request starts anew
  std::string rules_version;    // other rules start anew as well
  std::string extraction = {};  // and so does another way to read attachments
  bool everything = false;      // decided at the start of the run and kept
  int64_t host_time = 0;        // the host's clock when the run began: the next watermark
  std::string cursor;           // the host adapter's own

  // An empty checkpoint for anything that to_string() did not write.
  static Checkpoint parse(std::string_view text);
  [[nodiscard]] std::string to_string() const;
};

}  // namespace spillguard::scan
