// The whole content of the simulated Confluence. Immutable once built.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
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
  // Of pages and comments; attachments have one version.
  [[nodiscard]] const std::vector<WikiVersion>* versions() const;
};

class WikiSite {
 public:
  static Result<std::unique_ptr<WikiSite>> build(const WikiSiteOptions& options);

  [[nodiscard]] const std::string& base_url() const { return options_.base_url; }
  [[nodiscard]] const std::string& context() const { return options_.context; }
  [[nodiscard]] const std::vector<WikiSpace>& spaces() const { return spaces_; }
  [[nodiscard]] const std::vector<WikiPage>& pages() const { return pages_; }
  [[nodiscard]] std::optional<size_t> find_space(std::string_view key) const;
  [[nodiscard]] std::optional<WikiItem> find(
      std::string_view id) const;  // digits, or "att" and digits
  // Every item by ascending id.
  [[nodiscard]] const std::vector<WikiItem>& items_by_id() const { return by_id_; }

  [[nodiscard]] const std::vector<ManifestLine>& plants() const { return plants_; }
  [[nodiscard]] std::vector<PartCounts> counts() const;  // by space

 private:
  explicit WikiSite(WikiSiteOptions options) : options_(std::move(options)) {}
  void index();

  WikiSiteOptions options_;
  std::vector<WikiSpace> spaces_;
  std::vector<WikiPage> pages_;
  std::vector<ManifestLine> plants_;
  std::vector<WikiItem> by_id_;
  std::unordered_map<int64_t, WikiItem> items_;
};

}  // namespace spillguard::sim
