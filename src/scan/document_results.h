// Results of documents in this process: who reads which bytes at this moment, and what was read
// lately and may not be in the store yet. Sealed, so that no text of a document stays in memory.
// Thread-safe.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "base/crypto.h"

namespace spillguard::scan {

class DocumentResults {
 public:
  // Of the sealed results that are remembered.
  explicit DocumentResults(size_t most_bytes = size_t{32} << 20U) : most_bytes_(most_bytes) {}

  using Sealed = std::shared_ptr<const std::string>;
  // The result for these bytes under these rules; waits while another thread reads them. Nothing:
  // the caller reads them now, and must put() or give_up().
  std::optional<Sealed> claim(const Fingerprint& document, const std::string& rules);
  void put(const Fingerprint& document, const std::string& rules, Sealed sealed);
  // The next one that waits reads them.
  void give_up(const Fingerprint& document, const std::string& rules);

 private:
  using Key = std::pair<Fingerprint, std::string>;
  struct Entry {
    Sealed sealed;  // nothing while somebody reads
    std::list<Key>::iterator place;
  };

  const size_t most_bytes_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<Key, Entry> entries_;
  std::list<Key> recent_;  // those with a result, the latest first
  size_t bytes_ = 0;
};

}  // namespace spillguard::scan
