#include "base/ordered_pieces.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <vector>

namespace spillguard {
namespace ordered_pieces_test {
namespace {

// What the makers of a test share.
struct Source {
  int count = 0;        // pieces that there are
  int fails_read = -1;  // the piece whose reading fails
  int fails_make = -1;  // and whose making
  int throws_make = -1;
  int held = -1;  // the piece that is made only when `until_made` are
  int until_made = 0;
  int next = 0;  // read() is one at a time: no lock
  std::atomic<int> reading = 0;
  std::atomic<int> most_ahead = 0;
  std::atomic<int> taken = 0;
  int made = 0;
  std::mutex mutex;
  std::condition_variable change;
};

class Maker final : public PieceMaker {
 public:
  explicit Maker(Source& source) : source_(source) {}

  Result<bool> read() override {
    EXPECT_EQ(source_.reading++, 0) << "two read at a time";
    --source_.reading;
    if (source_.next == source_.fails_read) return fail(Code::kIo, "reading failed");
    if (source_.next == source_.count) return false;
    number_ = source_.next++;
    source_.most_ahead = std::max<int>(source_.most_ahead, source_.next - source_.taken);
    return true;
  }

  Status make(std::string& piece) override {
    EXPECT_TRUE(piece.empty());
    if (number_ == source_.fails_make) return fail(Code::kCorrupt, "making failed");
    if (number_ == source_.throws_make) throw std::runtime_error("thrown");
    {
      std::unique_lock lock(source_.mutex);
      if (number_ == source_.held) {
        source_.change.wait(lock, [&] { return source_.made >= source_.until_made; });
      }
      ++source_.made;
    }
    source_.change.notify_all();
    piece += std::to_string(number_) + ' ';
    return {};
  }

 private:
  Source& source_;
  int number_ = -1;
};

std::vector<std::unique_ptr<PieceMaker>> makers_of(Source& source, size_t count) {
  std::vector<std::unique_ptr<PieceMaker>> makers;
  for (size_t i = 0; i < count; ++i) makers.push_back(std::make_unique<Maker>(source));
  return makers;
}

// All that was taken, and how it ended.
Status run(Source& source, size_t makers, std::string& out) {
  const auto crew = makers_of(source, makers);
  return make_in_order(crew, [&](std::string_view piece) -> Status {
    out += piece;
    ++source.taken;
    return {};
  });
}

std::string numbers(int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += std::to_string(i) + ' ';
  return out;
}

TEST(OrderedPieces, ComeInTheirOrderWhateverTheThreads) {
  for (const size_t makers : {1U, 2U, 3U, 8U}) {
    Source source;
    source.count = 500;
    std::string out;
    EXPECT_TRUE(run(source, makers, out));
    EXPECT_EQ(out, numbers(500)) << makers;
    EXPECT_LE(source.most_ahead, static_cast<int>(2 * makers)) << "not held up";
  }
}

TEST(OrderedPieces, NothingToReadGivesNothing) {
  Source source;
  std::string out;
  EXPECT_TRUE(run(source, 2, out));
  EXPECT_EQ(out, "");
}

TEST(OrderedPieces, ALateOneHoldsBackThoseBehindIt) {
  Source source;
  source.count = 50;
  source.held = 7;  // the other maker makes all that there is room for meanwhile
  source.until_made = 10;
  std::string out;
  EXPECT_TRUE(run(source, 2, out));
  EXPECT_EQ(out, numbers(50));
}

TEST(OrderedPieces, AnErrorComesAfterAllThatStandInFrontOfIt) {
  for (const size_t makers : {1U, 2U, 4U}) {
    Source making;
    making.count = 100;
    making.fails_make = 37;
    std::string out;
    const auto made = run(making, makers, out);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, Code::kCorrupt);
    EXPECT_EQ(out, numbers(37));
    EXPECT_LT(making.next, 100) << "read on after an error";

    Source reading;
    reading.count = 100;
    reading.fails_read = 20;
    out.clear();
    const auto read = run(reading, makers, out);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().message, "reading failed");
    EXPECT_EQ(out, numbers(20));
  }
}

TEST(OrderedPieces, WhatIsThrownIsAnError) {
  Source source;
  source.count = 10;
  source.throws_make = 3;
  std::string out;
  const auto done = run(source, 2, out);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::kInternal);
  EXPECT_NE(done.error().message.find("thrown"), std::string::npos);
  EXPECT_EQ(out, numbers(3));
}

TEST(OrderedPieces, WhenTheTakerGoesAllIsLetGo) {
  Source source;
  source.count = 1'000'000;
  const auto crew = makers_of(source, 3);
  int taken = 0;
  const auto done = make_in_order(crew, [&](std::string_view) -> Status {
    ++source.taken;
    return ++taken < 5 ? Status() : fail(Code::kCancelled, "the client has gone away");
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::kCancelled);
  EXPECT_EQ(taken, 5);
  EXPECT_LE(source.next, 5 + 6) << "went on without a taker";
}

}  // namespace
}  // namespace ordered_pieces_test
}  // namespace spillguard
