// The account of opened documents as a file: a JSON object for each, and for each file within.
#pragma once

#include <fstream>
#include <string>

#include "base/error.h"
#include "cli/file_scan.h"

namespace spillguard::cli {

class DocumentAccount {
 public:
  // An empty path: nothing is written.
  Status open(const std::string& path);
  void write(const InputFile& file, const FileReport& report);
  Status finish();

 private:
  std::string path_;
  std::ofstream out_;
};

}  // namespace spillguard::cli
