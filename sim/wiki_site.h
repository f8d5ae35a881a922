// The whole content of the simulated Confluence. Any number of threads may read it under a shared
// lock of mutex(); who changes it holds the lock alone. Items stay at their addresses; what is
// deleted is only marked.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "sim/jira_document.h"
#include "sim/plant.h"
#include "sim/wiki_generator.h"
#include "sim/wiki_model.h"

namespace spillguard::sim {

struct WikiSiteOptions {
  uint64_t seed = 1;
  std::string base_url = {};  // with the context path
  std::string context = {};
  WikiAmounts amounts = {};
  std::string data_file = {};  // "" = none
  size_t plants_per_kind = 20;
};

// Anything with an id: a page or blog post, or a comment or an attachment of one.
struct WikiItem {
  const WikiPage* page = nullptr;
  const WikiComment* comment = nullptr;
  const WikiAttachment* attachment = nullptr;

  [[nodiscard]] int64_t id() const;
  [[nodiscard]] std::string_view type() const;  // "page", "blogpost", "comment", "attachment"
  [[nodiscard]] TimeMs created() const;
  [[nodiscard]] TimeMs modified() const;
  [[nodiscard]] std::string title() const;
  // Exists, and is not in the trash or a draft.
  [[nodiscard]] bool current() const;
  [[nodiscard]] bool gone() const;
  // Of pages and comments; attachments have one version.
  [[nodiscard]] const std::vector<WikiVersion>* versions() const;
};

// An attachment's versions as far as the host tells them.
std::vector<WikiVersion> attachment_versions(const WikiAttachment& attachment);

class WikiSite {
 public:
  static Result<std::unique_ptr<WikiSite>> build(const WikiSiteOptions& options);

  [[nodiscard]] const std::string& base_url() const { return options_.base_url; }
  [[nodiscard]] const std::string& context() const { return options_.context; }
  [[nodiscard]] const std::vector<WikiSpace>& spaces() const { return spaces_; }
  [[nodiscard]] const std::deque<WikiPage>& pages() const { return pages_; }
  [[nodiscard]] std::optional<size_t> find_space(std::string_view key) const;
  [[nodiscard]] std::optional<WikiItem> find(
      std::string_view id) const;  // digits, or "att" and digits
  // Every item by ascending id, gone ones too.
  [[nodiscard]] const std::vector<WikiItem>& items_by_id() const { return by_id_; }

  [[nodiscard]] const std::vector<ManifestLine>& plants() const { return plants_; }
  // By space, of what the scanner's account sees: of drafts its own, of the trash all of it.
  [[nodiscard]] std::vector<PartCounts> counts(WikiStatus status = WikiStatus::kCurrent) const;
  // Labels, properties, names, messages; with what is current also the spaces' own texts.
  [[nodiscard]] std::vector<PartCounts> more_counts(WikiStatus status = WikiStatus::kCurrent) const;
  [[nodiscard]] std::vector<uint64_t> items(WikiStatus status = WikiStatus::kCurrent) const;
  [[nodiscard]] std::vector<uint64_t> hidden() const;  // that it does not see

  // What follows is in wiki_edit.cc. Pages are named by their place in pages().
  [[nodiscard]] std::shared_mutex& mutex() const { return mutex_; }
  [[nodiscard]] uint64_t changes() const { return changes_; }
  [[nodiscard]] int64_t next_id() { return next_id_++; }
  // A new version that begins as a copy of the newest.
  void add_version(size_t page, TimeMs now, const std::function<void(WikiVersion&)>& change);
  void remove_version(size_t page, size_t version, TimeMs now);
  // Versions of both come with the page or comment.
  size_t create_page(WikiPage page, TimeMs now);
  WikiComment& add_comment(size_t page, WikiComment comment, TimeMs now);
  void edit_comment(size_t page, WikiComment& comment, TimeMs now, const std::string& body);
  void remove_comment(size_t page, WikiComment& comment, TimeMs now);
  void resolve_comment(size_t page, WikiComment& comment, TimeMs now);
  WikiAttachment& add_attachment(size_t page, WikiAttachment attachment, TimeMs now);
  void remove_attachment(size_t page, WikiAttachment& attachment, TimeMs now);
  void set_status(size_t page, WikiStatus status, TimeMs now);
  void move(size_t page, size_t space, TimeMs now);
  size_t create_space(const std::string& key, const std::string& name, TimeMs now);
  // The page without the checks of the others; for what has no traces.
  [[nodiscard]] WikiPage& page(size_t index) { return pages_[index]; }
  [[nodiscard]] WikiSpace& space(size_t index) { return spaces_[index]; }
  void add_plant(ManifestLine line) { plants_.push_back(std::move(line)); }

  // What a search index that is behind has instead of the items: nothing for those that it does not
  // know yet.
  struct Indexed {
    TimeMs modified = 0;
    size_t space = 0;
  };
  using IndexView = std::unordered_map<int64_t, std::optional<Indexed>>;
  [[nodiscard]] IndexView index_at(TimeMs moment) const;

 private:
  explicit WikiSite(WikiSiteOptions options) : options_(std::move(options)) {}
  void index();
  [[nodiscard]] static bool counted(const WikiPage& page, WikiStatus status);
  void add_item(const WikiItem& item);
  void remember(const WikiItem& item, TimeMs now, bool existed);
  void remember_all(const WikiPage& page, TimeMs now);

  struct Change {
    TimeMs when = 0;
    int64_t id = 0;
    std::optional<Indexed> before;
  };

  WikiSiteOptions options_;
  std::vector<WikiSpace> spaces_;
  std::deque<WikiPage> pages_;
  std::vector<ManifestLine> plants_;
  std::vector<WikiItem> by_id_;
  std::unordered_map<int64_t, WikiItem> items_;
  mutable std::shared_mutex mutex_;
  std::deque<Change> log_;  // of the last minutes
  uint64_t changes_ = 0;
  int64_t next_id_ = 950'000'000;  // above every id of generated and planted content
};

}  // namespace spillguard::sim
