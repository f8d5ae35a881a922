// Local files that are no plain text, opened by the extraction helper and scanned part by part.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "cli/byte_source.h"
#include "cli/file_scan.h"
#include "detect/engine.h"
#include "extract/extractor.h"

namespace spillguard::cli {

struct DocumentOptions {
  extract::ExtractorOptions extractor;
  extract::Limits limits;
};

// Shared by the threads of a scan. The first document starts the first helper.
class Documents {
 public:
  explicit Documents(DocumentOptions options) : options_(std::move(options)) {}

  // Whether a file with this begin is one.
  [[nodiscard]] static bool is_document(std::string_view head, const std::string& name);
  // Opens and scans it: `head` is what was read of it already.
  FileReport scan(const FileScanOptions& options, detect::Engine::Scratch& scratch,
                  const std::string& name, const std::string& head, ByteSource& rest);
  // Why there is no helper, once a document asked for it; empty when there is one.
  [[nodiscard]] std::string trouble();

 private:
  extract::Extractor* extractor();

  DocumentOptions options_;
  std::mutex mutex_;
  bool started_ = false;
  std::string trouble_;
  std::unique_ptr<extract::Extractor> extractor_;
};

}  // namespace spillguard::cli
