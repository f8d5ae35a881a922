// Secrets in encoded text. What is encoded in a text is decoded to a text of its own, which is
// scanned as any other and searched for further encodings, to a bounded depth; its matches are
// reported where the encoded bytes stand.
//
// Work: all levels together hold at most a small multiple of the text, and each is scanned at most
// twice, so all is linear in the text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/padded_text.h"
#include "detect/decode/finder.h"
#include "detect/decode/level.h"
#include "detect/engine.h"
#include "detect/rule.h"

namespace spillguard::detect {

// What the layers know of the rules, by index. Immutable once made.
class LayerRules {
 public:
  LayerRules() = default;
  LayerRules(std::span<const Rule> rules, std::vector<uint64_t> specificity);

  // Whether the secrets of the rule are themselves encoded text that is known for what it is: JSON
  // web tokens, private keys. Nothing in them is decoded.
  [[nodiscard]] bool is_opaque(uint32_t rule) const { return kinds_[rule].opaque; }
  // Whether the rule finds values of no certain form.
  [[nodiscard]] bool is_weak(uint32_t rule) const { return kinds_[rule].weak; }
  [[nodiscard]] std::span<const uint64_t> specificity() const { return specificity_; }

 private:
  struct Kind {
    bool opaque = false;
    bool weak = false;
  };
  std::vector<Kind> kinds_;
  std::vector<uint64_t> specificity_;
};

// The working memory of one thread.
class Layers {
 public:
  static constexpr size_t kMaxDepth = 4;
  // Replaces the result with what stands in a text as it is.
  using ScanText = std::function<void(PaddedView, ScanResult&)>;

  // Whether something encoded may stand in a text: in most there is nothing.
  bool look(PaddedView text) { return finder_.look(text); }
  // The same while the text is scanned: begin_look(), then look_on() as far as it was, at last to
  // its end.
  void begin_look() { finder_.begin_look(); }
  bool look_on(PaddedView text, size_t end) { return finder_.look_on(text, end); }
  // The same for texts in a row, see PaddedRow: look_at_row(), then look_in_row() for each text in
  // order, but for those where none_in_row() says already that there is nothing.
  void look_at_row(PaddedView row) { finder_.look_at_row(row); }
  [[nodiscard]] bool none_in_row(const Span& place) const { return finder_.none_in_row(place); }
  bool look_in_row(PaddedView text, const Span& place) { return finder_.look_in_row(text, place); }

  // What is encoded in a text stands for, but for what is encoded in that; nothing in the text
  // counts as opaque.
  struct FirstLevel {
    PaddedView text;         // until the next call
    bool has_utf16 = false;  // some of it is UTF-16, which is text that is encoded in turn
  };
  // Right after look_in_row() for this text.
  FirstLevel decode(PaddedView text);

  // Adds to the result of a text what stands in it encoded. Right after look() for this text, or
  // one of the others.
  void add(PaddedView text, const LayerRules& rules, const ScanText& scan, ScanResult& result);

  // Finds the place of a decoded match that add() gave for the same text.
  std::optional<DecodedText> find(PaddedView text, const LayerRules& rules, const ScanText& scan,
                                  const Match& match);

 private:
  struct Depth {
    decode::Level level;
    PaddedText text;
    std::vector<Match> matches;
    std::vector<LimitHit> limits;
  };

  void make_depths() {
    if (depths_.empty()) depths_.resize(kMaxDepth);
  }
  size_t descend(PaddedView text, const LayerRules& rules, const ScanText& scan,
                 const std::vector<Match>& plain);
  void scan_depth(Depth& depth, const ScanText& scan);
  void raise(size_t depth, const LayerRules& rules, std::string_view above,
             std::vector<Match>& matches, std::vector<LimitHit>& limits);

  decode::Finder finder_;
  std::vector<Depth> depths_;
  std::vector<Span> opaque_;
  ScanResult scanned_;
  ScanResult one_;
};

}  // namespace spillguard::detect
