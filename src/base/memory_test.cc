#include "base/memory.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace spillguard {
namespace memory_test {
namespace {

int64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  int64_t all = 0;
  int64_t resident = 0;
  file >> all >> resident;
  return resident * ::sysconf(_SC_PAGESIZE);
}

TEST(Memory, WhatAThreadLeftGoesBack) {
#if !defined(__GLIBC__) || defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || \
    defined(__clang__)
  GTEST_SKIP() << "another allocator";
#endif
  // The last piece stays and keeps the heap of its thread from shrinking by itself.
  constexpr size_t kPieces = 4000;
  constexpr size_t kBytes = 16 * 1024;
  std::unique_ptr<std::string> kept;
  std::thread([&] {
    std::vector<std::unique_ptr<std::string>> pieces;
    pieces.reserve(kPieces);
    for (size_t i = 0; i < kPieces; ++i) {
      pieces.push_back(std::make_unique<std::string>(kBytes, 'x'));
    }
    kept = std::move(pieces.back());
  }).join();
  const int64_t before = resident_bytes();
  give_back_memory();
  EXPECT_LT(resident_bytes(), before - static_cast<int64_t>(kPieces * kBytes / 2));
  EXPECT_EQ(kept->size(), kBytes);
}

}  // namespace
}  // namespace memory_test
}  // namespace spillguard
