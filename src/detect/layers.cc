#include "detect/layers.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "detect/overlap.h"

namespace spillguard::detect {
namespace layering {
namespace {

// Decoded bytes for each byte of the text, all levels together, and a little more for short texts.
constexpr size_t kBytesPerByte = 4;
constexpr size_t kMinBudget = size_t{64} << 10U;
const std::string kArrow = " > ";

size_t budget_of(PaddedView text) { return text.size() * kBytesPerByte + kMinBudget; }

// The spans of matches whose rules are opaque: ascending, not overlapping.
void opaque_spans(const std::vector<Match>& matches, const LayerRules& rules,
                  std::vector<Span>& spans) {
  spans.clear();
  for (const Match& match : matches) {
    if (rules.is_opaque(match.rule)) spans.push_back(match.match);
  }
  std::sort(spans.begin(), spans.end());
  size_t kept = 0;
  for (const Span& span : spans) {
    if (kept != 0 && span.begin <= spans[kept - 1].end) {
      spans[kept - 1].end = std::max(spans[kept - 1].end, span.end);
    } else {
      spans[kept++] = span;
    }
  }
  spans.resize(kept);
}

bool names(const Match& match, uint32_t rule) {
  return match.rule == rule ||
         std::find(match.also.begin(), match.also.end(), rule) != match.also.end();
}

// A web token cut short, which no rule for whole ones finds: {" and a dot. Its claims are its own.
bool is_part_of_web_token(std::string_view secret) {
  return secret.starts_with("eyJ") && secret.find('.') != std::string_view::npos;
}

// Whether a match in encoded text says something that the one beside it, which needed no decoding,
// does not say.
bool adds_to(const Match& decoded, const Match& plain, std::string_view text,
             const LayerRules& rules) {
  if (!decoded.secret.overlaps(plain.secret)) return true;
  if (names(plain, decoded.rule) || rules.is_opaque(plain.rule)) return false;
  if (decoded.secret_text(text) == plain.secret_text(text)) return false;
  if (is_part_of_web_token(plain.secret_text(text))) return false;
  // A certain key is news in a value that some name gave away, and in credentials in base64; a
  // value of no certain form is not.
  return !rules.is_weak(decoded.rule);
}

// Takes out of `decoded` what the plain matches say already. Both by secret.begin.
void drop_known(std::vector<Match>& decoded, const std::vector<Match>& plain, std::string_view text,
                const LayerRules& rules) {
  std::vector<const Match*> open;  // those that may reach what comes
  size_t next = 0;
  std::erase_if(decoded, [&](const Match& match) {
    for (; next < plain.size() && plain[next].secret.begin < match.secret.end; ++next) {
      open.push_back(&plain[next]);
    }
    std::erase_if(open,
                  [&](const Match* other) { return other->secret.end <= match.secret.begin; });
    return !std::all_of(open.begin(), open.end(),
                        [&](const Match* other) { return adds_to(match, *other, text, rules); });
  });
}

}  // namespace
}  // namespace layering

LayerRules::LayerRules(std::span<const Rule> rules, std::vector<uint64_t> specificity)
    : specificity_(std::move(specificity)) {
  kinds_.reserve(rules.size());
  for (const Rule& rule : rules) {
    const bool opaque =
        std::any_of(rule.validators.begin(), rule.validators.end(),
                    [](const std::string& name) { return name == "jwt" || name == "pem"; });
    const bool weak = rule.category == "generic" || rule.category == "personal-data";
    kinds_.push_back({.opaque = opaque, .weak = weak});
  }
}

// The sections are scanned all at once, for most hold nothing. One in which something is found is
// scanned alone then, so that its neighbours have no part in it.
void Layers::scan_depth(Depth& depth, const ScanText& scan) {
  const auto& sections = depth.level.sections();
  scan(depth.text.view(), scanned_);
  depth.matches.clear();
  depth.limits.clear();
  std::vector<size_t> suspects;
  const auto suspect = [&](size_t begin, size_t end) {
    for (size_t i = depth.level.section_at(begin); i < sections.size(); ++i) {
      if (sections[i].text.begin >= end) break;
      suspects.push_back(i);
    }
  };
  for (const Match& match : scanned_.matches) suspect(match.match.begin, match.match.end);
  for (const LimitHit& hit : scanned_.limits) suspect(hit.offset, hit.offset + 1);
  std::sort(suspects.begin(), suspects.end());
  suspects.erase(std::unique(suspects.begin(), suspects.end()), suspects.end());
  for (const size_t number : suspects) {
    const decode::Section& section = sections[number];
    scan(depth.text.view().subview(section.text.begin, section.text.size()), one_);
    for (Match& match : one_.matches) {
      const bool half = (section.cut_begin && match.match.begin == 0) ||
                        (section.cut_end && match.match.end == section.text.size());
      if (half) continue;
      for (Span* span : {&match.match, &match.secret}) {
        span->begin += section.text.begin;
        span->end += section.text.begin;
      }
      depth.matches.push_back(std::move(match));
    }
    for (LimitHit hit : one_.limits) {
      hit.offset += section.text.begin;
      depth.limits.push_back(hit);
    }
  }
}

Layers::FirstLevel Layers::decode(PaddedView text) {
  make_depths();
  Depth& depth = depths_.front();
  finder_.run_looked(text, {}, layering::budget_of(text), depth.level);
  if (depth.level.empty()) return {};
  depth.level.move_text(depth.text);
  const auto& sections = depth.level.sections();
  const bool has_utf16 = std::any_of(
      sections.begin(), sections.end(),
      [&](const decode::Section& section) { return decode::is_utf16(section, depth.text.text()); });
  return {.text = depth.text.view(), .has_utf16 = has_utf16};
}

// Decodes and scans all levels; returns how many there are.
size_t Layers::descend(PaddedView text, const LayerRules& rules, const ScanText& scan,
                       const std::vector<Match>& plain) {
  make_depths();
  size_t budget = layering::budget_of(text);
  for (size_t i = 0; i < kMaxDepth; ++i) {
    Depth& depth = depths_[i];
    layering::opaque_spans(i == 0 ? plain : depths_[i - 1].matches, rules, opaque_);
    if (i == 0) {
      finder_.run_looked(text, opaque_, budget, depth.level);
    } else {
      Depth& above = depths_[i - 1];
      finder_.run_nested(above.level, above.text.view(), opaque_, budget, depth.level);
    }
    if (depth.level.empty()) return i;
    budget -= std::min(budget, depth.level.text().size());
    depth.level.move_text(depth.text);
    scan_depth(depth, scan);
  }
  return kMaxDepth;
}

// Adds the matches of a depth to those of the text above it.
void Layers::raise(size_t number, const LayerRules& rules, std::string_view above,
                   std::vector<Match>& matches, std::vector<LimitHit>& limits) {
  Depth& depth = depths_[number];
  const decode::Level& level = depth.level;
  for (const LimitHit& hit : depth.limits) {
    const decode::Section& section = level.sections()[level.section_at(hit.offset)];
    const Span source = level.to_source(section, {.begin = hit.offset, .end = hit.offset + 1});
    limits.push_back({.rule = hit.rule, .offset = source.begin});
  }
  if (depth.matches.empty()) return;
  const std::string_view text = depth.text.text();
  for (Match& match : depth.matches) {
    const decode::Section& section = level.sections()[level.section_at(match.match.begin)];
    auto decoded = std::make_shared<Decoded>();
    decoded->path = decode::encoding_name(section.encoding);
    if (match.decoded != nullptr) decoded->path += layering::kArrow + match.decoded->path;
    decoded->match = match.match_text(text);
    decoded->secret = match.secret_text(text);
    match.match = level.to_source(section, match.match);
    match.secret = level.to_source(section, match.secret);
    match.decoded = std::move(decoded);
  }
  std::stable_sort(depth.matches.begin(), depth.matches.end(),
                   [](const Match& a, const Match& b) { return a.secret < b.secret; });
  layering::drop_known(depth.matches, matches, above, rules);
  if (!depth.matches.empty()) {
    matches.insert(matches.end(), std::make_move_iterator(depth.matches.begin()),
                   std::make_move_iterator(depth.matches.end()));
    resolve_overlaps(matches, rules.specificity());
  }
}

void Layers::add(PaddedView text, const LayerRules& rules, const ScanText& scan,
                 ScanResult& result) {
  for (size_t i = descend(text, rules, scan, result.matches); i-- > 0;) {
    if (i == 0) {
      raise(i, rules, text.text(), result.matches, result.limits);
    } else {
      Depth& above = depths_[i - 1];
      raise(i, rules, above.text.text(), above.matches, above.limits);
    }
  }
}

std::optional<DecodedText> Layers::find(PaddedView text, const LayerRules& rules,
                                        const ScanText& scan, const Match& match) {
  ScanResult plain;
  scan(text, plain);
  if (!look(text)) return std::nullopt;
  const size_t depths = descend(text, rules, scan, plain.matches);
  for (size_t i = 0; i < depths; ++i) {
    for (const Match& inner : depths_[i].matches) {
      if (inner.rule != match.rule) continue;
      Match outer = inner;
      std::string path;
      for (size_t up = i + 1; up-- > 0;) {
        const decode::Level& level = depths_[up].level;
        const decode::Section& section = level.sections()[level.section_at(outer.match.begin)];
        if (!path.empty()) path.insert(0, layering::kArrow);
        path.insert(0, decode::encoding_name(section.encoding));
        outer.match = level.to_source(section, outer.match);
        outer.secret = level.to_source(section, outer.secret);
      }
      const bool same = outer.match == match.match && outer.secret == match.secret &&
                        match.decoded != nullptr && path == match.decoded->path;
      if (!same) continue;
      const decode::Level& level = depths_[i].level;
      const Span whole = level.sections()[level.section_at(inner.match.begin)].text;
      const auto moved = [&](const Span& span) {
        return Span{.begin = span.begin - whole.begin, .end = span.end - whole.begin};
      };
      return DecodedText{
          .text = std::string(depths_[i].text.text().substr(whole.begin, whole.size())),
          .match = moved(inner.match),
          .secret = moved(inner.secret)};
    }
  }
  return std::nullopt;
}

}  // namespace spillguard::detect
