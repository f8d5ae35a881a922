// The same search for literals by a library that others wrote, as a yardstick: Hyperscan, where its
// headers were there when this was built (Debian: libhyperscan-dev).
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/padded_text.h"
#include "detect/literals/literal.h"

namespace spillguard::bench {

inline constexpr std::string_view kOutsideName = "Hyperscan";

class OutsideSearch {
 public:
  // What a thread needs.
  class Scratch {
   public:
    virtual ~Scratch() = default;
  };

  virtual ~OutsideSearch() = default;
  [[nodiscard]] virtual std::shared_ptr<Scratch> make_scratch() const = 0;
  // How often the literals stand in the text.
  virtual uint64_t count(PaddedView text, Scratch& scratch) const = 0;
};

// Null when there is no library, or it does not take the literals.
std::shared_ptr<OutsideSearch> make_outside_search(const std::vector<detect::Literal>& literals);

}  // namespace spillguard::bench
