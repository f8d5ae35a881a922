// A text that grows, with names for its places.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "extract_helper/reading.h"

namespace spillguard::extract {

class MarkedText {
 public:
  // What follows stands at this place.
  void mark(std::string label) {
    if (!marks_.empty() && marks_.back().offset == text_.size()) {
      marks_.back().label = std::move(label);
    } else {
      marks_.push_back({.offset = text_.size(), .label = std::move(label)});
    }
  }
  void put(std::string_view text) { text_ += text; }
  void put(char c) { text_ += c; }
  // A line break, unless the line is empty.
  void line() {
    if (!text_.empty() && text_.back() != '\n') {
      text_ += '\n';
    }
  }
  [[nodiscard]] bool empty() const { return text_.empty(); }
  [[nodiscard]] const std::string& text() const { return text_; }
  // Gives it to the reading and begins anew.
  void give(Reading& reading, File& file, std::string_view inner) {
    reading.text(file, inner, std::exchange(text_, {}), std::exchange(marks_, {}));
  }

 private:
  std::string text_;
  std::vector<Mark> marks_;
};

}  // namespace spillguard::extract
