// Files of reviewed texts: uploaded by people and scripts, and our own exports given back. One text
// a line, with or without a header.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/crypto.h"
#include "base/error.h"
#include "base/time.h"

namespace spillguard::api {

struct ReviewRow {
  int64_t line = 0;
  Fingerprint fingerprint;
  std::string text;  // "" when only the fingerprint was told: a masked export
  std::string rule_name;
  std::string reason;
  TimeMs expires_at = 0;
};

struct InvalidLine {
  int64_t line = 0;
  std::string message;  // never holds the text of the line
};

struct ReviewFile {
  std::vector<ReviewRow> rows;
  std::vector<InvalidLine> invalid;
};

// Columns are matchText, ruleName, reason, expiresAt, fingerprint by a header (in any order and
// spelling of case and spaces; others are left aside), else matchText and ruleName. Fields are
// separated by commas, with a header also by semicolons or tabs. kInvalidArgument when it is no
// such file at all.
Result<ReviewFile> read_review_file(const MasterKey& key, std::string_view text, TimeMs now);

}  // namespace spillguard::api
