// Attachments of real formats with a secret in them.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "sim/random.h"

namespace spillguard::sim {

struct File {
  std::string name;
  std::string mime_type;
  std::string bytes;
  std::string text;   // the secrets in it, as a reader of the format sees them
  std::string place;  // of the secret: "report.zip › data/a.xlsx › Accounts!C14"
};
using FilePtr = std::shared_ptr<const File>;

size_t file_kinds();
// A file of kind `number` modulo their number, called by `stem`. The secret is on one line and
// needs no escapes in markup.
FilePtr make_file(size_t number, const std::string& stem, const std::string& secret,
                  Random& random);

}  // namespace spillguard::sim
