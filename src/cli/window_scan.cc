#include "cli/window_scan.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/error.h"
#include "cli/finding_maker.h"

namespace spillguard::cli {
namespace window_scan {
namespace {

detect::Match moved(detect::Match match, size_t by) {
  match.match = {.begin = match.match.begin + by, .end = match.match.end + by};
  match.secret = {.begin = match.secret.begin + by, .end = match.secret.end + by};
  return match;
}

void report_one(std::optional<FileFinding> finding, FileReport& report) {
  if (finding) {
    report.findings.push_back(std::move(*finding));
  } else {
    ++report.allowed;
  }
}

}  // namespace
}  // namespace window_scan

WindowScan::WindowScan(const FileScanOptions& options, detect::Engine::Scratch& scratch,
                       std::function<void(FileReport)> sink)
    : options_(options), scratch_(scratch), sink_(std::move(sink)) {
  const WindowSizes& sizes = options.windows;
  SG_CHECK(sizes.window >= 2 * (2 * sizes.reach + 2 * sizes.agree));
}

void WindowScan::add(std::string_view text) {
  while (!text.empty()) {
    if (buffer_.capacity() < options_.windows.window) {
      buffer_.reserve(options_.windows.window + PaddedText::kPadding);
    }
    const size_t room = options_.windows.window - buffer_.size();
    const std::string_view part = text.substr(0, room);
    buffer_ += part;
    text.remove_prefix(part.size());
    if (buffer_.size() >= options_.windows.window) {
      FileReport report = scan_window(false);
      report.more = true;
      if (!report.findings.empty() || !report.limits.empty() || report.allowed != 0) {
        sink_(std::move(report));
      }
    }
  }
}

FileReport WindowScan::finish() { return scan_window(true); }

FileReport WindowScan::scan_window(bool last) {
  const WindowSizes& sizes = options_.windows;
  FileReport report;
  Window window;
  window.text = PaddedText(std::exchange(buffer_, {}));
  window.begin = begin_;
  window.place = place_;
  options_.engine->scan(window.text.view(), scratch_, result_);
  size_t from = zone_.begin;
  if (zone_.end != 0) {
    const size_t agreed_from = agreed(window.begin);
    const bool settled = agreed_from <= zone_.end - sizes.agree / 2;
    const size_t joined_size = window.end() - before_.begin;
    if (settled || joined_size > sizes.longest) {
      settle(agreed_from, report);
      from = agreed_from;
    } else {
      // The window before begins where the joined one does, so what it reported stands.
      std::string joined;
      joined.reserve(joined_size + PaddedText::kPadding);
      joined += before_.text.text().substr(0, window.begin - before_.begin);
      joined += window.text.text();
      window.text = PaddedText(std::move(joined));
      window.begin = before_.begin;
      window.place = before_.place;
      options_.engine->scan(window.text.view(), scratch_, result_);
      settle(from, report);
    }
  }
  before_ = {};
  const std::string_view text = window.text.text();
  const size_t keep = last ? text.size() : next_begin(text);
  zone_ = last
              ? Span{.begin = window.end() + 1, .end = window.end() + 1}
              : Span{.begin = window.begin + keep + sizes.reach, .end = window.end() - sizes.reach};
  if (!result_.matches.empty()) {
    FindingMaker maker(options_, text, window.place, result_.matches);
    for (const detect::Match& match : result_.matches) {
      const size_t at = window.begin + match.secret.begin;
      if (at < from || at >= zone_.end) {
        continue;
      }
      if (at < zone_.begin) {
        window_scan::report_one(maker.make(match), report);
      } else {
        pending_.push_back(
            {.match = window_scan::moved(match, window.begin), .finding = maker.make(match)});
      }
    }
  }
  for (const detect::LimitHit& limit : result_.limits) {
    const detect::LimitHit hit{.rule = limit.rule, .offset = window.begin + limit.offset};
    if (hit.offset >= from && hit.offset < zone_.end) {
      (hit.offset < zone_.begin ? report.limits : pending_limits_).push_back(hit);
    }
  }
  if (!last) {
    buffer_.reserve(sizes.window + PaddedText::kPadding);
    buffer_ = text.substr(keep);
    begin_ = window.begin + keep;
    place_ = Places(text.substr(0, keep), window.place).at(keep);
    before_ = std::move(window);
  }
  return report;
}

size_t WindowScan::agreed(size_t begin) const {
  const std::vector<detect::Match>& matches = result_.matches;
  const auto place_of = [&](const detect::Match& match) { return begin + match.secret.begin; };
  auto now = std::make_reverse_iterator(
      std::partition_point(matches.begin(), matches.end(),
                           [&](const auto& match) { return place_of(match) < zone_.end; }));
  auto then = pending_.rbegin();
  while (then != pending_.rend() && now != matches.rend() &&
         then->match == window_scan::moved(*now, begin)) {
    ++then;
    ++now;
  }
  size_t from = zone_.begin;
  if (then != pending_.rend()) {
    from = then->match.secret.begin + 1;
  }
  if (now != matches.rend() && place_of(*now) >= zone_.begin) {
    from = std::max(from, place_of(*now) + 1);
  }
  return from;
}

void WindowScan::settle(size_t until, FileReport& report) {
  for (Found& found : pending_) {
    if (found.match.secret.begin < until) {
      window_scan::report_one(std::move(found.finding), report);
    }
  }
  for (const detect::LimitHit& hit : pending_limits_) {
    if (hit.offset < until) {
      report.limits.push_back(hit);
    }
  }
  pending_.clear();
  pending_limits_.clear();
}

size_t WindowScan::next_begin(std::string_view text) const {
  const WindowSizes& sizes = options_.windows;
  const size_t target = text.size() - 2 * sizes.reach - sizes.agree;
  const std::string_view near = text.substr(target - sizes.agree, sizes.agree);
  const size_t newline = near.rfind('\n');
  if (newline != std::string_view::npos) {
    return target - sizes.agree + newline + 1;
  }
  size_t begin = target;
  while (begin > target - sizes.agree &&
         (static_cast<unsigned char>(text[begin]) & 0xC0U) == 0x80U) {
    --begin;
  }
  return begin;
}

}  // namespace spillguard::cli
