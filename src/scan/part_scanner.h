// Scans the parts of one item: markup to text, text to matches, matches to findings, and every part
// into the coverage ledger. Belongs to one thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/crypto.h"
#include "base/padded_row.h"
#include "base/time.h"
#include "detect/engine.h"
#include "hosts/host.h"
#include "store/evidence.h"
#include "store/types.h"

namespace spillguard::scan {

// The store's form of what a host said of an item; the title sealed.
store::Item to_store_item(const MasterKey& key, const hosts::ItemRef& ref);

// What was found, with a little of the text around it.
store::Evidence evidence_of(std::string_view text, const detect::Match& match);

class PartScanner {
 public:
  // `key` must outlive the scanner.
  PartScanner(std::shared_ptr<const detect::Engine> engine, const MasterKey& key);

  // Forgets the item before; what follows belongs to this one.
  void begin(const hosts::ItemRef& item);
  void add(const hosts::Part& part);
  void add(const hosts::ContentState& content);
  // All parts of this kind come: they take the place of those that were there.
  void whole_kind(std::string_view kind) { result_.whole_kinds.emplace_back(kind); }
  // The item could not be read to its end: counted as one failed part, so that the ledger shows it.
  void fail_item(const Error& error);
  // The result of the item. `whole`: all its parts were given, what is not among them is gone.
  store::ItemResult finish(bool whole);

  // Parts and bytes given since the scanner was made, for metrics.
  [[nodiscard]] int64_t parts() const { return parts_; }
  [[nodiscard]] int64_t bytes() const { return bytes_; }

 private:
  using FindingKey = std::tuple<std::string, std::string, int32_t, Fingerprint>;
  // What is kept of a part while its text is scanned.
  struct Source {
    std::string kind;
    std::string content_kind;
    std::string content_id;
    int64_t version = 0;
    std::string author;
    TimeMs created = 0;
    int64_t bytes = 0;  // as the host gave them
  };
  struct Pending {
    store::NewFinding finding;
    store::Evidence evidence;
    int64_t evidence_version = 0;
  };

  void count(const std::string& kind, store::PartStatus status, const std::string& reason,
             int64_t bytes);
  void record_problem(const hosts::Part& part, store::PartStatus status);
  void scan_text(const hosts::Part& part);
  // The texts that wait, together.
  void scan_row();
  void record_result(const Source& source, std::string_view text, const detect::ScanResult& result);
  void record_match(const Source& source, std::string_view text, const detect::Match& match);

  std::shared_ptr<const detect::Engine> engine_;
  const MasterKey& key_;
  detect::Engine::Scratch scratch_;
  detect::ScanResult matches_;
  // Short texts wait for others, and are scanned together.
  PaddedRow row_;
  std::vector<Source> in_row_;
  store::ItemResult result_;
  std::map<std::tuple<std::string, store::PartStatus, std::string>, store::CoverageCell> cells_;
  std::map<FindingKey, Pending> findings_;  // ordered: the same item gives the same rows
  std::map<std::pair<std::string, std::string>, store::VersionSet> scanned_;  // by content
  // The lowest version of a content that could not be read: the next scan starts there again.
  std::map<std::pair<std::string, std::string>, int64_t> lowest_failed_;
  int64_t parts_ = 0;
  int64_t bytes_ = 0;
};

}  // namespace spillguard::scan
