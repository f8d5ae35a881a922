#include "detect/encoded_screen.h"

namespace spillguard::detect {

void EncodedScreen::look(const PaddedRow& row, const Search& search, Layers& layers,
                         LiteralScratch& scratch) {
  texts_.clear();
  next_ = 0;
  decode(row, search, layers);
  if (decoded_.texts() == 0) return;
  search_decoded(search, scratch);
  layers.look_at_row(decoded_.whole());
  for (size_t i = 0; i < decoded_.texts(); ++i) {
    const Span& place = decoded_.place(i);
    if (layers.none_in_row(place)) continue;
    if (layers.look_in_row(decoded_.text(i), place)) texts_[owners_[i]].holds = Holds::kMaybe;
  }
}

void EncodedScreen::decode(const PaddedRow& row, const Search& search, Layers& layers) {
  decoded_.clear();
  owners_.clear();
  layers.look_at_row(row.whole());
  for (uint32_t i = 0; i < row.texts(); ++i) {
    const Span& place = row.place(i);
    if (layers.none_in_row(place)) continue;  // most texts
    const PaddedView text = row.text(i);
    if (!layers.look_in_row(text, place)) continue;
    const Layers::FirstLevel level = layers.decode(text);
    if (level.text.empty()) continue;
    const bool is_told = search.is_all && !level.has_utf16 && decoded_.has_room_for(level.text);
    texts_.push_back({.number = i, .holds = is_told ? Holds::kNoSecrets : Holds::kMaybe});
    if (!is_told) continue;
    decoded_.add(level.text);
    owners_.push_back(texts_.size() - 1);
  }
}

void EncodedScreen::search_decoded(const Search& search, LiteralScratch& scratch) {
  hits_.clear();
  LiteralIndex::begin(scratch);
  while (search.index.next(decoded_.whole(), search.stretch, scratch, hits_)) {
  }
  if (hits_.empty()) return;
  sift_.begin(hits_.size());
  const LiteralHit* hit = hits_.data();
  const LiteralHit* const end = hit + hits_.size();
  for (uint32_t i = 0; i < decoded_.texts(); ++i) {
    hit = sift_.take(search.anchors, decoded_.text(i), i, decoded_.place(i), hit, end);
  }
  sift_.finish();
  for (const WakingHit& each : sift_.waking()) texts_[owners_[each.text]].holds = Holds::kMaybe;
  for (const KeywordHit& each : sift_.keywords()) texts_[owners_[each.text]].holds = Holds::kMaybe;
}

EncodedScreen::Holds EncodedScreen::holds(uint32_t text) {
  while (next_ < texts_.size() && texts_[next_].number < text) ++next_;
  return next_ < texts_.size() && texts_[next_].number == text ? texts_[next_].holds
                                                               : Holds::kNothing;
}

}  // namespace spillguard::detect
