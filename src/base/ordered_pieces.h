// Pieces of text that several threads make and one hands on in their order: for downloads of rows
// that are read one batch after the other and cost more to write than to read.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace spillguard {

// What one thread makes pieces with.
class PieceMaker {
 public:
  virtual ~PieceMaker() = default;
  // Reads what the next piece is made of; false at the end. Makers read one at a time, in the order
  // of the pieces; none reads any more after an end or a failure.
  virtual Result<bool> read() = 0;
  // Writes the piece of what was read last to the end of `piece`, beside other makers.
  virtual Status make(std::string& piece) = 0;
};

// Gives each maker a thread until all is read. `take` gets the pieces in their order, on the thread
// of the caller; what it does not take in time holds the makers up: two pieces for each maker are
// under way at most. The first failure in the order of pieces ends it, after all pieces in front of
// it, as does a failure of `take`, at once. All threads have ended when this returns. What a maker
// throws becomes kInternal.
Status make_in_order(std::span<const std::unique_ptr<PieceMaker>> makers,
                     const std::function<Status(std::string_view piece)>& take);

}  // namespace spillguard
