// Scans many files on many threads; what comes out is in the files' order, the same for any number
// of threads.
#pragma once

#include <cstdint>
#include <functional>
#include <istream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/crypto.h"
#include "cli/file_walk.h"
#include "detect/engine.h"
#include "detect/explain.h"
#include "extract/document.h"
#include "text/text.h"

namespace spillguard::cli {

struct FileFinding {
  uint64_t line = 0;
  uint64_t column = 0;
  uint64_t end_line = 0;  // of the place behind the secret
  uint64_t end_column = 0;
  uint32_t rule = 0;  // index into Engine::rules()
  // Within a document: "data/a.xlsx › Sheet2!C14"; line and column then count in the text there.
  std::string location;
  std::string secret;
  std::string match;
  Fingerprint fingerprint;
  // For people: the line around the secret, every secret in it masked, without control characters.
  std::string before;
  std::string masked;
  std::string after;
  std::string decoded;  // the decoders that showed it, outermost first; empty for plain text
  // Only when asked for. Shared, so that findings that have none stay small.
  std::shared_ptr<const detect::Explanation> explanation = {};
};

// What came of one file, or of a part of a large one.
struct FileReport {
  std::vector<FileFinding> findings;
  std::vector<detect::LimitHit> limits;
  uint64_t bytes = 0;    // scanned
  uint64_t allowed = 0;  // findings that a pragma of the file allows; they are not in `findings`
  uint64_t known = 0;    // findings that a baseline knows; left to who has it
  std::optional<LeftOut> left_out;  // why it was not scanned, or not to its end
  bool more = false;                // the file is large: another report of it follows
  // Of a document that was opened: what came of it and of all within; its own is the last.
  std::vector<extract::Outcome> outcomes;
};

// How a large text is cut, in bytes, see window_scan.h.
struct WindowSizes {
  size_t window = size_t{16} << 20U;
  size_t longest = size_t{48} << 20U;  // of a window that was widened
  // How far from a place that what decides about it can stand: a match is at most 64 KiB long.
  size_t reach = size_t{192} << 10U;
  size_t agree = size_t{128} << 10U;  // where two windows must say the same
};

class Documents;

inline constexpr uint64_t kMaxFileBytes = UINT64_C(1) << 40U;

struct FileScanOptions {
  std::shared_ptr<const detect::Engine> engine;  // shared by all threads
  MasterKey key = MasterKey::public_key();
  std::optional<text::Markup> markup;  // nothing: guessed file by file
  bool pragmas = true;                 // whether a file may allow its own findings, see pragma.h
  bool explain = false;                // whether findings carry their explanation
  size_t threads = 1;
  // Opens what is no plain text; nothing: such files are left out. Shared by all threads.
  std::shared_ptr<Documents> documents = {};
  uint64_t max_file_bytes = kMaxFileBytes;
  // Larger files are taken as plain text and scanned in windows, so that memory stays flat.
  size_t whole_bytes = size_t{8} << 20U;
  WindowSizes windows = {};
};

// One text that is in memory, whatever its size.
FileReport scan_bytes(const FileScanOptions& options, detect::Engine::Scratch& scratch,
                      const std::string& name, std::string bytes);

// Calls `done` for each file in order, on the calling thread; more than once for a large file.
void scan_files(const FileScanOptions& options, const std::vector<InputFile>& files,
                std::istream& standard_input,
                const std::function<void(const InputFile&, FileReport)>& done);

}  // namespace spillguard::cli
