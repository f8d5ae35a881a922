#include "base/ordered_pieces.h"

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/threads.h"

namespace spillguard {
namespace ordered_pieces_detail {
namespace {

Error thrown(const char* what) {
  return {.code = Code::kInternal, .message = std::string("a piece was not made: ") + what};
}

// What makers and the taker share.
class Line {
 public:
  explicit Line(size_t most_under_way) : most_(most_under_way) {}

  void work(PieceMaker& maker) {
    while (const auto number = read(maker)) deliver(*number, make(maker));
  }

  // The next piece in order; nothing at the end.
  Result<std::optional<std::string>> next() {
    std::unique_lock lock(mutex_);
    made_.wait(lock, [&] { return pieces_.contains(taken_) || (ended_ && taken_ == begun_); });
    const auto it = pieces_.find(taken_);
    if (it == pieces_.end()) return std::optional<std::string>();
    Result<std::string> piece = std::move(it->second);
    pieces_.erase(it);
    if (!piece) return fail(std::move(piece).error());
    return std::optional<std::string>(std::move(*piece));
  }

  // The piece that next() gave is done with; its memory is used again.
  void taken(std::string piece) {
    piece.clear();
    {
      const std::lock_guard lock(mutex_);
      ++taken_;
      spare_.push_back(std::move(piece));
    }
    room_.notify_one();
  }

  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    room_.notify_all();
  }

 private:
  // The number of the piece that is to be made; nothing when there is none any more.
  std::optional<uint64_t> read(PieceMaker& maker) {
    const std::lock_guard reading(reading_);
    {
      std::unique_lock lock(mutex_);
      room_.wait(lock, [&] { return stopped_ || ended_ || begun_ - taken_ < most_; });
      if (stopped_ || ended_) return std::nullopt;
    }
    Result<bool> more = false;
    try {
      more = maker.read();
    } catch (const std::exception& e) {
      more = fail(thrown(e.what()));
    }
    std::optional<uint64_t> number;
    {
      const std::lock_guard lock(mutex_);
      if (more && *more) {
        number = begun_++;
      } else {
        ended_ = true;
        if (!more) pieces_.emplace(begun_++, fail(std::move(more).error()));
      }
    }
    if (!number) made_.notify_one();
    return number;
  }

  Result<std::string> make(PieceMaker& maker) {
    std::string piece;
    {
      const std::lock_guard lock(mutex_);
      if (!spare_.empty()) {
        piece = std::move(spare_.back());
        spare_.pop_back();
      }
    }
    try {
      SG_TRY(maker.make(piece));
    } catch (const std::exception& e) {
      return fail(thrown(e.what()));
    }
    return piece;
  }

  void deliver(uint64_t number, Result<std::string> piece) {
    {
      const std::lock_guard lock(mutex_);
      ended_ = ended_ || !piece;
      pieces_.emplace(number, std::move(piece));
    }
    made_.notify_one();
  }

  const uint64_t most_;
  std::mutex reading_;  // taken before mutex_
  std::mutex mutex_;
  std::condition_variable room_;                    // for whoever is about to read
  std::condition_variable made_;                    // for the taker
  std::map<uint64_t, Result<std::string>> pieces_;  // made, and not taken yet
  std::vector<std::string> spare_;
  uint64_t begun_ = 0;  // pieces that were read
  uint64_t taken_ = 0;
  bool ended_ = false;  // nothing more is read
  bool stopped_ = false;
};

// The threads of the makers; ended when this goes.
class Crew {
 public:
  Crew(Line& line, std::span<const std::unique_ptr<PieceMaker>> makers) : line_(line) {
    threads_.reserve(makers.size());
    try {
      for (const auto& maker : makers) {
        threads_.emplace_back([&line, &maker = *maker] {
          set_thread_name("pieces");
          ask_for_usual_turns();
          line.work(maker);
        });
      }
    } catch (...) {
      end();
      throw;
    }
  }
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;
  ~Crew() { end(); }

 private:
  void end() {
    line_.stop();
    for (std::thread& thread : threads_) thread.join();
  }

  Line& line_;
  std::vector<std::thread> threads_;
};

}  // namespace
}  // namespace ordered_pieces_detail

Status make_in_order(std::span<const std::unique_ptr<PieceMaker>> makers,
                     const std::function<Status(std::string_view piece)>& take) {
  namespace own = ordered_pieces_detail;
  own::Line line(2 * makers.size());
  const own::Crew crew(line, makers);
  while (true) {
    SG_ASSIGN(auto piece, line.next());
    if (!piece) return {};
    SG_TRY(take(*piece));
    line.taken(std::move(*piece));
  }
}

}  // namespace spillguard
