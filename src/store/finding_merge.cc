#include "store/finding_merge.h"

#include <algorithm>

namespace spillguard::store {
namespace {

struct Reported {
  const NewFinding* earliest = nullptr;  // author and time are those of the first version
  VersionSet versions;
};

// What this result says of one content.
struct ContentNews {
  bool read = false;         // its versions were listed
  bool newest_read = false;  // all up to the newest were scanned, now or before
  bool complete = false;     // all were scanned by this result
  bool gone = false;
  int64_t newest = 0;
  VersionSet scanned;
};

bool is_within(const VersionSet& some, const VersionSet& all) {
  VersionSet both = all;
  both.merge(some);
  return !some.empty() && both == all;
}

bool is_attachment(std::string_view kind) { return kind == "attachment"; }

// A problem without content is one of listing: it concerns all contents. Attachments have ids of
// their own, which comments may have, too.
bool concerns(const PartProblem& problem, const ContentKey& content) {
  if (problem.content_id.empty()) return true;
  return problem.content_id == content.second &&
         is_attachment(problem.kind) == is_attachment(content.first);
}

bool has_problem(const ItemResult& result, const ContentKey& content) {
  return std::any_of(result.problems.begin(), result.problems.end(),
                     [&](const PartProblem& problem) { return concerns(problem, content); });
}

// Whether this very version could not be scanned.
bool has_problem(const ItemResult& result, const ContentKey& content, int64_t version) {
  return std::any_of(
      result.problems.begin(), result.problems.end(), [&](const PartProblem& problem) {
        return concerns(problem, content) && (problem.version == version || problem.version == 0);
      });
}

ContentNews news_of(const MergeInput& input, const ContentKey& content) {
  const ItemResult& result = *input.result;
  ContentNews news;
  news.gone = content_is_gone(result, content);
  for (const ContentRead& read : result.contents) {
    if (read.content_kind != content.first || read.content_id != content.second) continue;
    int64_t highest = read.highest_read;
    if (const auto mark = input.highest->find(content); mark != input.highest->end()) {
      highest = std::max(highest, mark->second);
    }
    news.read = true;
    news.newest = read.newest;
    news.scanned = read.scanned;
    if (is_attachment(content.first)) {
      // Its bytes were looked at, now or before, or nothing is known of them: a problem may stand
      // for a part of them only (an encrypted file in an archive).
      news.newest_read = read.scanned.contains(read.newest);
      news.complete = read.complete && news.newest_read;
      continue;
    }
    news.complete = read.complete && !has_problem(result, content);
    news.newest_read =
        (read.complete || highest >= read.newest) && !has_problem(result, content, read.newest);
  }
  return news;
}

// The state of a finding that was reported: `known` is what its row says (false for a new one),
// `all` its versions with those of before.
bool reported_is_historical(const ContentNews& news, bool closed, bool known,
                            const VersionSet& reported, const VersionSet& all) {
  if (!news.read) return closed ? false : known;
  if (news.complete) return !reported.contains(news.newest);
  if (all.contains(news.newest)) return false;
  return news.newest_read ? true : known;
}

void apply_not_reported(const MergeInput& input, const ContentNews& news, StoredFinding& row) {
  if (news.gone) {
    row.historical = true;
    return;
  }
  // Every version that had it was looked at again: by these rules it is none.
  if (!input.same_rules && is_within(row.versions, news.scanned)) {
    if (row.resolved_at == 0) row.resolved_at = input.now;
    return;
  }
  if (!news.newest_read) return;
  if (!row.versions.contains(news.newest)) {
    row.historical = true;
  } else if (news.complete) {
    if (input.same_rules) {
      row.historical = true;  // so the text is another one, without a new version
    } else if (row.resolved_at == 0) {
      row.resolved_at = input.now;
    }
  }
}

}  // namespace

bool is_whole_kind(const ItemResult& result, std::string_view kind) {
  return std::find(result.whole_kinds.begin(), result.whole_kinds.end(), kind) !=
         result.whole_kinds.end();
}

bool content_is_gone(const ItemResult& result, const ContentKey& content) {
  if (result.item.state == ScanState::kError) return false;
  if (!result.whole && !is_whole_kind(result, content.first)) return false;
  const auto same = [&](const auto& other) {
    return other.content_kind == content.first && other.content_id == content.second;
  };
  return std::none_of(result.contents.begin(), result.contents.end(), same) &&
         !has_problem(result, content);
}

FindingPlan plan_findings(const MergeInput& input) {
  const ItemResult& result = *input.result;
  std::map<FindingKey, Reported> reported;
  std::vector<const FindingKey*> order;  // inserts keep the order of the report
  for (const NewFinding& finding : result.findings) {
    const auto [at, is_new] = reported.try_emplace(
        {finding.content_kind, finding.content_id, finding.rule_id, finding.fingerprint});
    Reported& entry = at->second;
    if (is_new) order.push_back(&at->first);
    if (is_new || finding.versions.first() < entry.earliest->versions.first()) {
      entry.earliest = &finding;
    }
    entry.versions.merge(finding.versions);
  }
  std::map<ContentKey, ContentNews> news_by_content;
  const auto news = [&](const FindingKey& key) -> const ContentNews& {
    ContentKey content(key.content_kind, key.content_id);
    auto at = news_by_content.find(content);
    if (at == news_by_content.end()) {
      const ContentNews fresh = news_of(input, content);
      at = news_by_content.emplace(std::move(content), fresh).first;
    }
    return at->second;
  };
  const bool closed = result.whole && result.item.state != ScanState::kError;

  FindingPlan plan;
  for (const FindingKey* key : order) {
    if (input.stored->contains(*key)) continue;
    const Reported& entry = reported.at(*key);
    plan.inserts.push_back({.finding = entry.earliest,
                            .versions = entry.versions,
                            .historical = reported_is_historical(news(*key), closed, false,
                                                                 entry.versions, entry.versions)});
  }
  for (const auto& [key, before] : *input.stored) {
    StoredFinding row = before;
    const auto found = reported.find(key);
    if (found == reported.end()) {
      apply_not_reported(input, news(key), row);
    } else {
      const Reported& entry = found->second;
      const NewFinding& finding = *entry.earliest;
      if (row.versions.empty() || finding.versions.first() <= row.versions.first()) {
        row.author = finding.author;
        row.created_when = finding.created_when;
      }
      row.versions.merge(entry.versions);
      row.severity = finding.severity;
      row.historical =
          reported_is_historical(news(key), closed, row.historical, entry.versions, row.versions);
      row.resolved_at = 0;
      row.last_seen = input.now;
    }
    if (row != before) plan.updates.push_back(std::move(row));
  }
  return plan;
}

}  // namespace spillguard::store
