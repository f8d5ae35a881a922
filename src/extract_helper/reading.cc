#include "extract_helper/reading.h"

#include <algorithm>
#include <ctime>
#include <new>
#include <utility>

#include "base/strings.h"
#include "extract/type.h"
#include "extract_helper/formats.h"

namespace spillguard::extract {
namespace reading {
namespace {

constexpr uint64_t kSecond = 1'000'000'000;
constexpr size_t kNameBytes = 1024;  // of a location's piece

uint64_t cpu_now() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<uint64_t>(time.tv_sec) * kSecond + static_cast<uint64_t>(time.tv_nsec);
}

// A name from a stranger, for people: valid, on one line, not endless.
std::string shown(std::string_view name) {
  std::string text = to_valid_utf8(name.substr(0, kNameBytes));
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      c = ' ';
    }
  }
  return text;
}

// The place itself, or that of the next character when it stands within one.
uint64_t whole_character(std::string_view text, uint64_t place) {
  while (place < text.size() && (static_cast<unsigned char>(text[place]) & 0xC0U) == 0x80U) {
    ++place;
  }
  return std::min<uint64_t>(place, text.size());
}

Part window_of(const Part& part, uint64_t begin, uint64_t end, uint64_t from, uint64_t to) {
  Part window{.location = part.location,
              .name = part.name,
              .is_source = part.is_source,
              .text = part.text.substr(begin, end - begin),
              .marks = {},
              .decide_from = from - begin,
              .decide_to = to - begin};
  if (to == part.text.size()) {
    window.decide_to = UINT64_MAX;
  }
  for (const Mark& mark : part.marks) {
    if (mark.offset >= end) {
      break;
    }
    if (mark.offset <= begin) {
      window.marks.clear();  // the last one in front of the window holds at its begin
    }
    window.marks.push_back(
        {.offset = mark.offset <= begin ? 0 : mark.offset - begin, .label = mark.label});
  }
  return window;
}

std::string base_name(std::string_view path) {
  const size_t slash = path.find_last_of("/\\");
  return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

}  // namespace
}  // namespace reading

Verdict stopped_at(Reason reason) { return {.reason = reason, .detail = "not read to its end"}; }

Reading::Reading(const Limits& limits, const Output& output)
    : limits_(limits), output_(output), cpu_begin_(reading::cpu_now()) {}

Reason Reading::stop(Reason reason) {
  if (!stopped()) {
    stopped_ = reason;
  }
  return reason;
}

void Reading::document(const std::string& name, std::string_view bytes) {
  File file{.location = {}, .name = reading::base_name(name), .bytes = bytes};
  finish(file, read(file));
}

void Reading::within(File& outer, std::string_view inner, std::string_view bytes) {
  ++outer.children;
  if (stopped()) {
    return;
  }
  const std::string name = reading::shown(inner);
  File file{.location = join_location(outer.location, name),
            .name = reading::base_name(name),
            .bytes = bytes,
            .depth = outer.depth + 1};
  if (file.depth > limits_.depth) {
    return finish(file, {.reason = Reason::kTooDeep, .detail = {}});
  }
  finish(file, read(file));
}

void Reading::not_read(File& outer, std::string_view inner, std::string_view type, Verdict verdict,
                       uint64_t bytes) {
  ++outer.children;
  output_.outcome({.location = join_location(outer.location, reading::shown(inner)),
                   .type = std::string(type),
                   .reason = verdict.reason,
                   .detail = std::move(verdict.detail),
                   .bytes = bytes});
}

Verdict Reading::read(File& file) {
  try {
    return read_file(*this, file);
  } catch (const std::bad_alloc&) {
    return {.reason = Reason::kMemory, .detail = {}};
  }
}

void Reading::finish(const File& file, Verdict verdict) {
  if (verdict.reason == Reason::kRead && stopped()) {
    verdict = stopped_at(stop_reason());
  }
  if (verdict.reason == Reason::kRead && file.text_bytes == 0 && file.children == 0) {
    verdict.reason = Reason::kNoText;
  }
  const std::string_view type =
      verdict.type.empty() ? type_name(sniff(file.bytes, file.name)) : verdict.type;
  output_.outcome({.location = file.location,
                   .type = std::string(type),
                   .reason = verdict.reason,
                   .detail = std::move(verdict.detail),
                   .bytes = file.bytes.size(),
                   .text_bytes = file.text_bytes});
}

void Reading::emit(File& file, Part part) {
  if (part.text.empty() || stopped()) {
    return;
  }
  if (!is_valid_utf8(part.text)) {
    // Every broken byte becomes three: marks behind it would slip, so they move with the text.
    std::string mended;
    size_t done = 0;
    for (Mark& mark : part.marks) {
      mended += to_valid_utf8(std::string_view(part.text).substr(done, mark.offset - done));
      done = mark.offset;
      mark.offset = mended.size();
    }
    mended += to_valid_utf8(std::string_view(part.text).substr(done));
    part.text = std::move(mended);
  }
  texts_ += part.text.size();
  if (part.text.size() > limits_.part_bytes * 3 || texts_ > limits_.output_bytes) {
    stop(Reason::kTooLarge);
    return;
  }
  file.text_bytes += part.text.size();
  if (limits_.window_bytes <= 2 * kWindowOverlap || part.text.size() <= limits_.window_bytes) {
    output_.part(part);
    return;
  }
  // Each place of the text is decided by one window that has half an overlap of it on both sides.
  const std::string_view whole = part.text;
  const uint64_t step = limits_.window_bytes - kWindowOverlap;
  uint64_t decided = 0;
  for (uint64_t begin = 0; begin < whole.size();) {
    const uint64_t end = reading::whole_character(whole, begin + limits_.window_bytes);
    const uint64_t to = end == whole.size() ? end : end - kWindowOverlap / 2;
    output_.part(reading::window_of(part, begin, end, decided, to));
    if (end == whole.size()) {
      return;
    }
    decided = to;
    begin = reading::whole_character(whole, begin + step);
  }
}

void Reading::text(File& file, std::string_view inner, std::string text, std::vector<Mark> marks) {
  emit(file, {.location = join_location(file.location, reading::shown(inner)),
              .name = {},
              .is_source = false,
              .text = std::move(text),
              .marks = std::move(marks)});
}

void Reading::source(File& file, std::string text) {
  emit(file, {.location = file.location,
              .name = file.name,
              .is_source = true,
              .text = std::move(text),
              .marks = {}});
}

Reason Reading::unpack(uint64_t more, uint64_t so_far, uint64_t packed) {
  expanded_ += more;
  if (expanded_ > limits_.expanded_bytes) {
    return stop(Reason::kTooLarge);
  }
  const uint64_t all = so_far + more;
  if (all > limits_.ratio_from && all / limits_.ratio > packed) {
    return Reason::kRatio;
  }
  return Reason::kRead;
}

Reason Reading::entry() {
  if (++entries_ > limits_.entries) {
    return stop(Reason::kTooManyEntries);
  }
  if (++cpu_asked_ % 16 == 0 &&
      reading::cpu_now() - cpu_begin_ > limits_.cpu_seconds * reading::kSecond) {
    return stop(Reason::kTime);
  }
  return stopped_;
}

ToolAnswer Reading::tool(Tool tool, uint32_t number, std::string_view file) {
  return output_.tool(tool, number, file);
}

}  // namespace spillguard::extract
