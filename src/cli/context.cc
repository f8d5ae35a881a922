#include "cli/context.h"

#include <algorithm>

#include "base/strings.h"

namespace spillguard::cli {
namespace context {
namespace {

constexpr size_t kReach = 60;

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

}  // namespace
}  // namespace context

std::string for_terminal(std::string_view text) {
  std::string out = to_valid_utf8(text);
  for (size_t i = 0; i < out.size(); ++i) {
    const auto byte = static_cast<unsigned char>(out[i]);
    const bool c1 = byte == 0xC2 && i + 1 < out.size() &&
                    static_cast<unsigned char>(out[i + 1]) < 0xA0;  // U+0080 to U+009F
    if (byte < 0x20 || byte == 0x7F) {
      out[i] = byte == '\t' ? ' ' : '?';
    } else if (c1) {
      out[i] = out[i + 1] = '?';
    }
  }
  return out;
}

std::string shown_secret(std::string_view secret) { return for_terminal(mask(secret)); }

MaskedLines::MaskedLines(std::string_view text, std::span<const detect::Match> matches)
    : text_(text) {
  for (const detect::Match& match : matches) {
    secrets_.push_back(match.secret);
  }
  std::sort(secrets_.begin(), secrets_.end());
  size_t kept = 0;
  for (const Span& secret : secrets_) {
    if (kept != 0 && secret.begin <= secrets_[kept - 1].end) {
      secrets_[kept - 1].end = std::max(secrets_[kept - 1].end, secret.end);
    } else {
      secrets_[kept++] = secret;
    }
  }
  secrets_.resize(kept);
}

std::string MaskedLines::masked(Span part) const {
  std::string out;
  size_t at = part.begin;
  auto secret = std::upper_bound(secrets_.begin(), secrets_.end(), part.begin,
                                 [](size_t offset, const Span& s) { return offset < s.end; });
  for (; secret != secrets_.end() && secret->begin < part.end; ++secret) {
    out += text_.substr(at, std::max(secret->begin, at) - at);
    out += "***";
    at = std::min(secret->end, part.end);
  }
  out += text_.substr(at, part.end - at);
  return for_terminal(out);
}

// Only the reach is looked at, so that many secrets in one long line stay linear.
std::string MaskedLines::before(Span secret) const {
  const size_t reach = secret.begin - std::min(secret.begin, context::kReach);
  const size_t newline = text_.substr(reach, secret.begin - reach).rfind('\n');
  if (newline != std::string_view::npos) {
    return masked({reach + newline + 1, secret.begin});
  }
  size_t begin = reach;
  while (begin < secret.begin && context::continues_character(text_[begin])) {
    ++begin;
  }
  const bool whole = reach == 0 || text_[reach - 1] == '\n';
  return (whole ? "" : "…") + masked({begin, secret.begin});
}

std::string MaskedLines::after(Span secret) const {
  const size_t reach = std::min(text_.size(), secret.end + context::kReach);
  const size_t newline = text_.substr(secret.end, reach - secret.end).find('\n');
  if (newline != std::string_view::npos) {
    return masked({secret.end, secret.end + newline});
  }
  size_t end = reach;
  while (end < text_.size() && end > secret.end && context::continues_character(text_[end])) {
    --end;
  }
  const bool whole = reach == text_.size() || text_[reach] == '\n';
  return masked({secret.end, end}) + (whole ? "" : "…");
}

}  // namespace spillguard::cli
