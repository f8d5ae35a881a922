// Findings that are known already: an earlier output of `spillguard scan`, or a file of
// fingerprints made by --write-baseline.
//
// A baseline file is JSON lines. The first names the format and the key:
//   {"spillguard_baseline":1,"key":"<16 hex digits>"}
// and each other one finding, sorted:
//   {"file":"…","rule":"…","fingerprint":"<64 hex digits>"}
// It never holds a secret. The key's id is a keyed hash of a fixed text: it tells keys apart and
// nothing about them.
#pragma once

#include <compare>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/crypto.h"
#include "base/error.h"

namespace spillguard::cli {

// What names a finding from one scan to the next.
struct KnownFinding {
  std::string file;  // as the scan shows it
  std::string rule;
  Fingerprint fingerprint;
  auto operator<=>(const KnownFinding&) const = default;
};

class Baseline {
 public:
  // Reads a baseline file, or the output of --format jsonl or json. Refuses what was made under
  // another key; in outputs, which do not name theirs, the secrets show it unless all are masked.
  static Result<Baseline> read(const std::string& path, const MasterKey& key);
  static Result<Baseline> parse(std::string_view text, const MasterKey& key);

  void add(KnownFinding finding) { findings_.insert(std::move(finding)); }
  [[nodiscard]] bool contains(const KnownFinding& finding) const {
    return findings_.contains(finding);
  }
  [[nodiscard]] uint64_t size() const { return findings_.size(); }

  [[nodiscard]] std::string text(const MasterKey& key) const;
  [[nodiscard]] Status write(const std::string& path, const MasterKey& key) const;

 private:
  std::set<KnownFinding> findings_;
};

}  // namespace spillguard::cli
