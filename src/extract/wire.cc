#include "extract/wire.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/strings.h"

namespace spillguard::extract {
namespace wire {
namespace {

constexpr size_t kNumber = 8;

tl::unexpected<Error> bad(const char* what) {
  return fail(Code::kCorrupt, std::string("the extraction helper sent a broken ") + what);
}

template <typename Change>
void each_limit(Limits& limits, const Change& change) {
  const auto small = [&](uint32_t& value) {
    uint64_t wide = value;
    change(wide);
    value = static_cast<uint32_t>(wide);
  };
  change(limits.input_bytes);
  change(limits.output_bytes);
  change(limits.expanded_bytes);
  change(limits.part_bytes);
  change(limits.entries);
  small(limits.depth);
  change(limits.ratio);
  change(limits.ratio_from);
  small(limits.cpu_seconds);
  small(limits.wall_seconds);
  change(limits.memory_bytes);
  small(limits.tool_cpu_seconds);
  change(limits.tool_output_bytes);
  uint64_t ocr = limits.ocr ? 1 : 0;
  change(ocr);
  limits.ocr = ocr != 0;
  change(limits.window_bytes);
}

}  // namespace
}  // namespace wire

void WireWriter::number(uint64_t value) {
  for (size_t i = 0; i < wire::kNumber; ++i) {
    bytes_ += static_cast<char>(static_cast<unsigned char>(value >> (8 * i)));
  }
}

void WireWriter::text(std::string_view value) {
  number(value.size());
  bytes_ += value;
}

uint64_t WireReader::number() {
  if (!ok_ || rest_.size() < wire::kNumber) {
    ok_ = false;
    return 0;
  }
  uint64_t value = 0;
  for (size_t i = 0; i < wire::kNumber; ++i) {
    value |= uint64_t{static_cast<unsigned char>(rest_[i])} << (8 * i);
  }
  rest_.remove_prefix(wire::kNumber);
  return value;
}

std::string_view WireReader::text() {
  const uint64_t size = number();
  if (!ok_ || size > rest_.size()) {
    ok_ = false;
    return {};
  }
  const std::string_view value = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return value;
}

std::string pack_part(const Part& part) {
  WireWriter out;
  out.text(part.location);
  out.text(part.name);
  out.number(part.is_source ? 1 : 0);
  out.text(part.text);
  out.number(part.decide_from);
  out.number(part.decide_to);
  out.number(part.marks.size());
  for (const Mark& mark : part.marks) {
    out.number(mark.offset);
    out.text(mark.label);
  }
  return out.take();
}

Result<Part> unpack_part(std::string_view bytes) {
  WireReader in(bytes);
  Part part;
  part.location = to_valid_utf8(in.text());
  part.name = to_valid_utf8(in.text());
  part.is_source = in.number() != 0;
  const std::string_view text = in.text();
  part.text = is_valid_utf8(text) ? std::string(text) : to_valid_utf8(text);
  part.decide_from = in.number();
  part.decide_to = in.number();
  const uint64_t marks = in.number();
  if (!in.ok() || marks > in.left() / (2 * wire::kNumber)) {
    return wire::bad("part");
  }
  part.marks.reserve(marks);
  uint64_t last = 0;
  for (uint64_t i = 0; i < marks; ++i) {
    const uint64_t offset = in.number();
    if (offset < last) {
      return wire::bad("part");
    }
    last = offset;
    part.marks.push_back({.offset = offset, .label = to_valid_utf8(in.text())});
  }
  if (!in.done()) {
    return wire::bad("part");
  }
  return part;
}

std::string pack_outcome(const Outcome& outcome) {
  WireWriter out;
  out.text(outcome.location);
  out.text(outcome.type);
  out.number(static_cast<uint64_t>(outcome.reason));
  out.text(outcome.detail);
  out.number(outcome.bytes);
  out.number(outcome.text_bytes);
  return out.take();
}

Result<Outcome> unpack_outcome(std::string_view bytes) {
  WireReader in(bytes);
  Outcome outcome;
  outcome.location = to_valid_utf8(in.text());
  outcome.type = to_valid_utf8(in.text());
  const uint64_t reason = in.number();
  outcome.detail = to_valid_utf8(in.text());
  outcome.bytes = in.number();
  outcome.text_bytes = in.number();
  if (!in.done() || reason >= kReasons) {
    return wire::bad("outcome");
  }
  outcome.reason = static_cast<Reason>(reason);
  return outcome;
}

std::string pack_job(const Limits& limits, std::string_view name) {
  WireWriter out;
  Limits copy = limits;
  wire::each_limit(copy, [&](uint64_t value) { out.number(value); });
  out.text(name);
  return out.take();
}

Status unpack_job(std::string_view bytes, Limits& limits, std::string& name) {
  WireReader in(bytes);
  wire::each_limit(limits, [&](uint64_t& value) { value = in.number(); });
  name = in.text();
  if (!in.done()) {
    return wire::bad("job");
  }
  return {};
}

}  // namespace spillguard::extract
