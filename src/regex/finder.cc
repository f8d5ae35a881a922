#include "regex/finder.h"

#include <algorithm>

namespace spillguard::regex {
namespace {

constexpr uint64_t kWorkOfAPoint = 4;  // a backtracking point takes so many units
constexpr size_t kMoreSight = 4;       // each time, so much more text
constexpr uint32_t kMoreLimit = 4;     // or so many more backtracking points
constexpr size_t kFreeRun = 64;        // bytes that a repetition behind a point passes in one unit

bool continues_character(std::string_view text, size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
}

}  // namespace

// The first place at or behind `at` where a character begins.
size_t Finder::character_at(std::string_view text, size_t at) const {
  while (utf_ && continues_character(text, at)) ++at;
  return at;
}

// The last one at or before it.
size_t Finder::cut_before(std::string_view text, size_t at) const {
  while (utf_ && continues_character(text, at)) --at;
  return at;
}

bool Finder::charge(std::string_view text, uint64_t work, FindPlace& place) const {
  const uint64_t budget = options_.free_work + options_.work_a_byte * text.size();
  if (work <= budget - place.work) {
    place.work += work;
    return true;
  }
  place.spent = true;
  return false;
}

bool Finder::may_match(std::string_view text, size_t from, FindPlace& place) const {
  if (!place.looked) {
    const auto last = pattern_->last_begin(text);
    place.looked = true;
    place.hopeless = !last.has_value();
    place.last_begin = last.value_or(0);
  }
  return !place.hopeless && from <= place.last_begin;
}

Finder::Step Finder::climb(std::string_view text, size_t from, size_t sight, FindPlace& place,
                           MatchScratch& scratch) const {
  // PCRE2 looks for what every match holds, too, but not in a text that is cut, and not far.
  if (!may_match(text, from, place)) return Step::kNothing;
  uint32_t limit = options_.base_limit;
  for (;;) {
    const size_t end = text.size() - from > sight ? cut_before(text, from + sight) : text.size();
    // Behind each point a repetition may run through all that is seen.
    const uint64_t of_a_point = kWorkOfAPoint + (end - from) / kFreeRun;
    if (!charge(text, end - from + limit * of_a_point, place)) return Step::kSpent;
    const Attempt attempt{
        .from = from, .last = from, .cut = end < text.size(), .match_limit = limit};
    switch (pattern_at(from, place).attempt(text.substr(0, end), attempt, scratch)) {
      case AttemptOutcome::kMatch:
        return Step::kFound;
      case AttemptOutcome::kNoMatch:
        return Step::kNothing;
      case AttemptOutcome::kMoreText:
        sight *= kMoreSight;
        break;
      case AttemptOutcome::kMatchLimit:
        if (limit >= options_.top_limit) return Step::kUndecided;
        limit *= kMoreLimit;
        break;
      case AttemptOutcome::kOutOfMemory:
        return Step::kUndecided;
    }
  }
}

bool Finder::next(std::string_view text, size_t first, size_t last, FindPlace& place,
                  MatchScratch& scratch) const {
  const auto found = [&] {
    const Span match = scratch.group(0);
    const bool empty = match.begin == match.end;
    place.at = empty ? character_at(text, match.end + 1) : match.end;
    place.last_end = empty ? FindPlace::npos : match.end;
    return true;
  };
  const auto give_up = [&](size_t at) {
    if (place.limit_at == FindPlace::npos) place.limit_at = at;
  };
  size_t block = options_.block;
  size_t from = character_at(text, std::max(place.at, first));
  last = std::min(last, text.size());
  while (from <= last && !place.spent) {
    if (place.looked && !may_match(text, from, place)) {
      from = last + 1;
      break;
    }
    // \G holds at one place, which gets a call of its own.
    const bool attached = detached_ != nullptr && from == place.last_end;
    const size_t stop = attached ? from : std::min(last, from + block - 1);
    const size_t sight = options_.sight;
    const size_t end = text.size() - stop > sight ? cut_before(text, stop + sight) : text.size();
    const Attempt attempt{
        .from = from, .last = stop, .cut = end < text.size(), .match_limit = options_.base_limit};
    size_t hard = from;  // a place that needs more
    switch (pattern_at(from, place).attempt(text.substr(0, end), attempt, scratch)) {
      case AttemptOutcome::kMatch:
        return found();
      case AttemptOutcome::kNoMatch:
        from = character_at(text, stop + 1);
        block = std::min(options_.block, block * 2);
        continue;
      case AttemptOutcome::kMoreText:
        hard = scratch.group(0).begin;
        break;
      case AttemptOutcome::kMatchLimit:
      case AttemptOutcome::kOutOfMemory:
        // One of the places, but PCRE2 does not tell which.
        if (!charge(text, (stop - from + 1) * options_.base_limit * kWorkOfAPoint, place)) {
          give_up(from);
          continue;
        }
        if (stop > from) {
          block = std::max<size_t>(1, block / 16);
          continue;
        }
        break;
    }
    block = std::min<size_t>(block, 16);
    switch (climb(text, hard, sight, place, scratch)) {
      case Step::kFound:
        return found();
      case Step::kNothing:
        break;
      case Step::kUndecided:
        ++place.undecided;
        give_up(hard);
        break;
      case Step::kSpent:
        give_up(hard);
        break;
    }
    from = character_at(text, hard + 1);
  }
  place.at = std::max(place.at, std::min(from, text.size() + 1));
  return false;
}

}  // namespace spillguard::regex
