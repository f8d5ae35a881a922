// Changes that people make while others read: edits, new and deleted issues and pages, moves,
// renamed keys. Change number k depends on the seed, k and what is there, not on the clock.
// Thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "sim/jira_site.h"
#include "sim/plant.h"
#include "sim/wiki_site.h"

namespace spillguard::sim {

// One change that was made.
struct ChangeDone {
  uint64_t number = 0;
  TimeMs when = 0;
  std::string product;
  std::string kind;     // "edit_description", see docs/simulator.md
  std::string scope;    // key
  std::string item;     // id
  std::string key;      // Jira's, "" of pages
  std::string content;  // id of the comment, worklog, attachment; "" when it is the item's own
  std::string author;   // name of who did it
  int64_t version = 0;  // Confluence: the new version of the content
  std::string before;   // a move's old key or space
  size_t index = 0;     // of the issue in the site
  bool blog = false;    // the page is a blog post
};

// Told of each change while the site is still locked.
using ChangeListener = std::function<void(const ChangeDone&)>;

struct ChurnOptions {
  uint64_t seed = 1;
  Clock clock = now_ms;
};

class Churn {
 public:
  Churn(JiraSite& jira, WikiSite& wiki, ChurnOptions options, ChangeListener listener);

  // Makes so many changes, of one product or kind if named. Fewer when nothing is left to change.
  std::vector<ChangeDone> run(uint64_t changes, std::string_view product = {},
                              std::string_view kind = {});
  // Edits some issue, as the fault "touch" does.
  void touch();
  // Numbers start again with this seed.
  void restart(uint64_t seed);

  [[nodiscard]] uint64_t made() const;
  [[nodiscard]] std::vector<ChangeDone> journal() const;
  // Secrets that changes put somewhere: where they were put, not where they are now.
  [[nodiscard]] std::vector<ManifestLine> plants() const;
  // All kinds of a product, for messages.
  static std::vector<std::string_view> kinds(std::string_view product);

 private:
  std::optional<ChangeDone> make(uint64_t number, std::string_view product, std::string_view kind);

  JiraSite& jira_;
  WikiSite& wiki_;
  ChurnOptions options_;
  ChangeListener listener_;
  std::mutex making_;  // one change after the other
  mutable std::mutex mutex_;
  uint64_t seed_ = 1;
  uint64_t next_ = 0;
  std::vector<ChangeDone> journal_;
  std::vector<ManifestLine> plants_;
};

}  // namespace spillguard::sim
