// Repeated searches for one text in one source, linear over all of them as long as they start at
// ascending offsets: what was found ahead once is remembered.
#pragma once

#include <string_view>

namespace spillguard::text {

class Needle {
 public:
  Needle(std::string_view source, std::string_view needle) : source_(source), needle_(needle) {}

  // The first place at or behind `from`; npos when there is none.
  size_t find(size_t from) {
    if (!searched_ || from < from_ || (place_ != std::string_view::npos && place_ < from)) {
      searched_ = true;
      from_ = from;
      place_ = source_.find(needle_, from);
    }
    return place_;
  }

 private:
  std::string_view source_;
  std::string_view needle_;
  size_t from_ = 0;
  size_t place_ = 0;
  bool searched_ = false;
};

}  // namespace spillguard::text
