#include <algorithm>

#include "base/error.h"
#include "text/text.h"

namespace spillguard::text {

void SourceMap::add(size_t text_offset, size_t source_offset, bool linear, size_t source_length) {
  const Run run{text_offset, source_offset, linear ? 0 : std::max<size_t>(source_length, 1)};
  if (runs_.empty()) {
    runs_.push_back(run);
    return;
  }
  Run& last = runs_.back();
  SG_CHECK(text_offset >= last.text);
  if (linear && last.length == 0 && text_offset - last.text == source_offset - last.source &&
      source_offset >= last.source) {
    return;
  }
  if (!linear && last.length == run.length && last.source == source_offset) {
    return;
  }
  if (last.text == text_offset) {
    last = run;  // the earlier run got no text
    return;
  }
  runs_.push_back(run);
}

const SourceMap::Run* SourceMap::find(size_t text_offset) const {
  const auto after =
      std::upper_bound(runs_.begin(), runs_.end(), text_offset,
                       [](size_t offset, const Run& run) { return offset < run.text; });
  return after == runs_.begin() ? nullptr : &*(after - 1);
}

size_t SourceMap::to_source(size_t text_offset) const {
  const Run* run = find(text_offset);
  if (run == nullptr) {
    return 0;
  }
  return run->length == 0 ? run->source + (text_offset - run->text) : run->source;
}

Span SourceMap::to_source(Span text_span) const {
  const size_t begin = to_source(text_span.begin);
  if (text_span.end <= text_span.begin) {
    return {begin, begin};
  }
  const size_t last = text_span.end - 1;
  const Run* run = find(last);
  if (run == nullptr) {
    return {begin, begin + 1};
  }
  const size_t end =
      run->length == 0 ? run->source + (last - run->text) + 1 : run->source + run->length;
  // A range that reaches from a line into what stands aside of it covers both places.
  return end > begin ? Span{begin, end} : Span{end - 1, begin + 1};
}

}  // namespace spillguard::text
