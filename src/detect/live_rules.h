// The rules of now and the engine built from them. A change builds a new engine beside the old one
// and swaps; scans that run keep the one they started with. Thread-safe.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "base/error.h"
#include "detect/engine.h"
#include "detect/rule.h"

namespace spillguard::detect {

class LiveRules {
 public:
  // Starts empty: set() comes before the first use.
  Status set(RuleSet rules) {
    SG_ASSIGN(auto engine, Engine::build(rules));
    const std::lock_guard lock(mutex_);
    rules_ = std::make_shared<const RuleSet>(std::move(rules));
    engine_ = std::move(engine);
    return {};
  }
  // Both are shared with whoever still uses them after a change.
  [[nodiscard]] std::shared_ptr<const Engine> engine() const {
    const std::lock_guard lock(mutex_);
    return engine_;
  }
  [[nodiscard]] std::shared_ptr<const RuleSet> rules() const {
    const std::lock_guard lock(mutex_);
    return rules_;
  }
  [[nodiscard]] std::string version() const { return engine()->version(); }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const RuleSet> rules_ = std::make_shared<const RuleSet>();
  std::shared_ptr<const Engine> engine_;
};

}  // namespace spillguard::detect
