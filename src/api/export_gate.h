// How many downloads may stream at a time.
#pragma once

#include <atomic>
#include <memory>

namespace spillguard::api {

// A stream holds a thread of the server for as long as its reader is slow: only so many at a time,
// the next is asked to come back. Thread-safe.
class ExportGate {
 public:
  explicit ExportGate(int most) : most_(most) {}
  // Shared by whoever streams; free again when the last copy goes.
  std::shared_ptr<void> enter() {  // nullptr: full
    if (inside_.fetch_add(1) >= most_) {
      --inside_;
      return nullptr;
    }
    return {this, [this](void*) { --inside_; }};
  }

 private:
  const int most_;
  std::atomic<int> inside_{0};
};

}  // namespace spillguard::api
