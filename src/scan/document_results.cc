#include "scan/document_results.h"

namespace spillguard::scan {

std::optional<DocumentResults::Sealed> DocumentResults::claim(const Fingerprint& document,
                                                              const std::string& rules) {
  const Key key(document, rules);
  std::unique_lock lock(mutex_);
  while (true) {
    const auto [at, is_new] = entries_.try_emplace(key);
    if (is_new) return std::nullopt;
    if (at->second.sealed != nullptr) {
      recent_.splice(recent_.begin(), recent_, at->second.place);
      return at->second.sealed;
    }
    changed_.wait(lock);
  }
}

void DocumentResults::put(const Fingerprint& document, const std::string& rules, Sealed sealed) {
  {
    const std::lock_guard lock(mutex_);
    Entry& entry = entries_[Key(document, rules)];
    bytes_ += sealed->size();
    entry.sealed = std::move(sealed);
    entry.place = recent_.emplace(recent_.begin(), document, rules);
    while (bytes_ > most_bytes_ && !recent_.empty()) {
      const auto oldest = entries_.find(recent_.back());
      bytes_ -= oldest->second.sealed->size();
      entries_.erase(oldest);
      recent_.pop_back();
    }
  }
  changed_.notify_all();
}

void DocumentResults::give_up(const Fingerprint& document, const std::string& rules) {
  {
    const std::lock_guard lock(mutex_);
    entries_.erase(Key(document, rules));
  }
  changed_.notify_all();
}

}  // namespace spillguard::scan
