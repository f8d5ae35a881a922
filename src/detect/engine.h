// The detection engine: literal anchors first (one search for those of all rules), then
// confirmation with PCRE2 in windows around the anchors, then filters. Deterministic: the same text
// and rules give the same matches in the same order.
//
// Thread-safety: an Engine is immutable and shared by all threads; each thread has its own Scratch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/padded_row.h"
#include "base/padded_text.h"
#include "base/span.h"
#include "detect/literals/literal.h"
#include "detect/rule.h"
#include "regex/pattern.h"

namespace spillguard::detect {

// What a match in encoded text was found in. Holds the secret in clear: never logged or stored.
struct Decoded {
  std::string path;    // the decoders, outermost first: "base64", "percent > base64"
  std::string match;   // group 0 in the innermost text
  std::string secret;  // the secret in it
  friend bool operator==(const Decoded&, const Decoded&) = default;
};

// A rule at a span of the scanned text.
struct Match {
  uint32_t rule = 0;           // index into Engine::rules()
  Span match;                  // group 0: what is reported
  Span secret;                 // the secret inside it: what entropy and checksums are tested on
  double entropy = 0;          // of the secret, bits a byte
  std::vector<uint32_t> also;  // other rules with the same secret span, by index, ascending
  double score = 1;            // 0 … 1, of a detector that weighs; 1 where a pattern decides
  // Set when the match stands in encoded text: the spans are then those of the encoded text.
  std::shared_ptr<const Decoded> decoded = {};

  // What was found: the decoded texts, or else those of the spans. Valid as long as match and text.
  [[nodiscard]] std::string_view secret_text(std::string_view text) const {
    return decoded ? std::string_view(decoded->secret) : text.substr(secret.begin, secret.size());
  }
  [[nodiscard]] std::string_view match_text(std::string_view text) const {
    return decoded ? std::string_view(decoded->match) : text.substr(match.begin, match.size());
  }
  friend bool operator==(const Match& a, const Match& b);
};

// A rule that could not be decided somewhere in this text (match limit); the others are complete.
struct LimitHit {
  uint32_t rule = 0;
  size_t offset = 0;
};

struct ScanResult {
  std::vector<Match> matches;  // by secret.begin, then secret.end, then rule id
  std::vector<LimitHit> limits;
  [[nodiscard]] bool empty() const { return matches.empty() && limits.empty(); }
  void clear() {
    matches.clear();
    limits.clear();
  }
};

// The text that a match was found in after decoding, and where. Holds it in clear.
struct DecodedText {
  std::string text;
  Span match;
  Span secret;
};

struct EngineOptions {
  // Bytes that the first stage takes at a time, 2 to 4096; what is more counts as the most.
  // Findings do not depend on it.
  size_t block_bytes = 4096;
  // Whether encoded text is decoded and scanned too, see layers.h.
  bool decode = true;
  // Off only where the caller ran the check itself and builds many engines.
  bool self_check = true;
  // Take what the build step prepared, where it is of these rules. Findings do not depend on it.
  bool prepared = true;
};

class Engine {
 public:
  // Working memory of one thread, of one engine. Not shareable; reusable for any number of scans.
  class Scratch {
   public:
    ~Scratch();
    Scratch(Scratch&&) noexcept;
    Scratch& operator=(Scratch&&) noexcept;
    // What confirmation took in all scans so far, for tests of what is linear.
    [[nodiscard]] regex::MatchWork work() const;

   private:
    friend class Engine;
    struct State;
    explicit Scratch(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
  };

  // Compiles the enabled rules. Runs the self-check of the first stage first and refuses to
  // work where it fails.
  static Result<std::shared_ptr<const Engine>> build(RuleSet rules,
                                                     const EngineOptions& options = {});
  ~Engine();

  [[nodiscard]] Scratch make_scratch() const;
  // Replaces result's content. Never fails: what a rule could not decide is in result.limits.
  void scan(PaddedView text, Scratch& scratch, ScanResult& result) const;
  // The same for each text of a row. `found` has the number and the result, which it may move from,
  // of those in which there is something, in order.
  void scan(const PaddedRow& row, Scratch& scratch,
            const std::function<void(size_t, ScanResult&)>& found) const;
  // The innermost text of a decoded match that scan() gave for this text; nothing for others.
  [[nodiscard]] std::optional<DecodedText> decoded_text(PaddedView text, const Match& match) const;
  // Only the first stage, for benchmarks: the number of anchor hits.
  uint64_t count_anchors(PaddedView text, Scratch& scratch) const;

  // What the first stage looks for, for benchmarks.
  [[nodiscard]] const std::vector<Literal>& literals() const;

  [[nodiscard]] std::span<const Rule> rules() const;  // the enabled ones, by id
  [[nodiscard]] const std::string& version() const;  // RuleSet::version() of what it was built from
  [[nodiscard]] bool has_prepared_literals() const;  // the first stage was not compiled here

 private:
  struct State;
  class TextScan;
  explicit Engine(std::unique_ptr<State> state);
  // Without what is encoded. `looks`: whether the layers look at the text meanwhile, but for its
  // last piece.
  void scan_plain(PaddedView text, Scratch& scratch, ScanResult& result, bool looks) const;
  // Only that, once the layers found that there may be something.
  void scan_encoded(PaddedView text, Scratch& scratch, ScanResult& result) const;
  std::unique_ptr<State> state_;
};

}  // namespace spillguard::detect
