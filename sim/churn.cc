#include "sim/churn.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <shared_mutex>

#include "sim/churn_step.h"
#include "sim/prose.h"
#include "sim/secrets.h"

namespace spillguard::sim {
namespace {

template <typename Table>
const typename Table::value_type& choose_kind(const Table& table, Random& random) {
  unsigned total = 0;
  for (const auto& kind : table) total += kind.weight;
  auto left = random.below(total);
  for (const auto& kind : table) {
    if (left < kind.weight) return kind;
    left -= kind.weight;
  }
  return table.front();
}

// Tries the kind, then others until one can be done; only the named one if there is a name.
template <typename Site, typename Table>
bool change_site(Site& site, const Table& table, std::string_view kind, ChangeStep& step) {
  constexpr int kAttempts = 8;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const auto* chosen = &choose_kind(table, step.random);
    if (!kind.empty()) {
      const auto found = std::find_if(table.begin(), table.end(),
                                      [&](const auto& entry) { return entry.name == kind; });
      if (found == table.end()) return false;
      chosen = &*found;
    }
    step.done.kind = std::string(chosen->name);
    if (chosen->make(site, step)) return true;
    step.planted.reset();
  }
  return false;
}

}  // namespace

std::optional<Plant> ChangeStep::plant(unsigned percent, std::string_view part,
                                       std::string_view product, bool for_title) {
  if (!random.chance(percent)) return std::nullopt;
  auto made = make_plant(seed, std::string(product) + " change", number, for_title);
  ManifestLine line;
  line.product = std::string(product);
  line.part = std::string(part);
  line.rule = std::string(secret_kind(made.kind).name);
  line.secret = made.secret;
  planted = std::move(line);
  return made;
}

std::string ChangeStep::jira_text(unsigned percent, std::string_view part) {
  const auto lead = make_sentence(random);
  const auto secret = plant(percent, part, "jira", false);
  return secret ? lead + "\r\n\r\n" + wiki_fragment(*secret) : lead;
}

std::string ChangeStep::storage_text(unsigned percent, std::string_view part) {
  const auto lead = to_storage(make_block(random, Block::Kind::kParagraph));
  const auto secret = plant(percent, part, "confluence", false);
  return secret ? lead + "\n" + storage_fragment(*secret) : lead;
}

std::string ChangeStep::title_text(unsigned percent, std::string_view part,
                                   std::string_view product) {
  const auto secret = plant(percent, part, product, true);
  return secret ? title_fragment(*secret) : fmt::format("{} [{}]", make_title(random), number);
}

FilePtr ChangeStep::file(unsigned percent, std::string_view product) {
  const auto secret = plant(percent, "attachment", product, true);
  if (!secret) return nullptr;
  const auto& kind = secret_kind(secret->kind);
  if (!kind.url_safe || kind.needs_label || !kind.single_line) {
    planted.reset();
    return nullptr;
  }
  auto made = make_file(static_cast<size_t>(number), fmt::format("change {}", number),
                        secret->secret, random);
  planted->place = made->place;
  return made;
}

Churn::Churn(JiraSite& jira, WikiSite& wiki, ChurnOptions options, ChangeListener listener)
    : jira_(jira),
      wiki_(wiki),
      options_(std::move(options)),
      listener_(std::move(listener)),
      seed_(options_.seed) {}

void Churn::restart(uint64_t seed) {
  const std::lock_guard lock(mutex_);
  seed_ = seed;
}

uint64_t Churn::made() const {
  const std::lock_guard lock(mutex_);
  return journal_.size();
}

std::vector<ChangeDone> Churn::journal() const {
  const std::lock_guard lock(mutex_);
  return journal_;
}

std::vector<ManifestLine> Churn::plants() const {
  const std::lock_guard lock(mutex_);
  return plants_;
}

std::vector<std::string_view> Churn::kinds(std::string_view product) {
  std::vector<std::string_view> names;
  if (product != "confluence") {
    for (const auto& kind : jira_changes()) names.push_back(kind.name);
  }
  if (product != "jira") {
    for (const auto& kind : wiki_changes()) names.push_back(kind.name);
  }
  return names;
}

std::optional<ChangeDone> Churn::make(uint64_t number, std::string_view product,
                                      std::string_view kind) {
  ChangeStep step{.seed = seed_,
                  .number = number,
                  .now = options_.clock(),
                  .random = Random(seed_, "change", number),
                  .done = {},
                  .planted = {}};
  const bool only_wiki = std::any_of(wiki_changes().begin(), wiki_changes().end(),
                                     [&](const auto& entry) { return entry.name == kind; });
  const bool only_jira = std::any_of(jira_changes().begin(), jira_changes().end(),
                                     [&](const auto& entry) { return entry.name == kind; });
  bool in_jira = step.random.chance(55);
  if (product == "jira" || only_jira || wiki_.spaces().empty()) in_jira = true;
  if (product == "confluence" || (only_wiki && !only_jira) || jira_.projects().empty())
    in_jira = false;
  step.done.number = number;
  step.done.when = step.now;
  step.done.product = in_jira ? "jira" : "confluence";
  std::unique_lock<std::shared_mutex> lock(in_jira ? jira_.mutex() : wiki_.mutex());
  const bool changed = in_jira ? change_site(jira_, jira_changes(), kind, step)
                               : change_site(wiki_, wiki_changes(), kind, step);
  if (!changed) return std::nullopt;
  if (step.planted) {
    step.planted->scope = step.done.scope;
    step.planted->item_id = step.done.item;
    step.planted->item = step.done.key.empty() ? step.done.item : step.done.key;
    if (step.planted->content.empty()) step.planted->content = step.done.content;
    step.planted->version = step.done.version;
  }
  if (listener_) listener_(step.done);
  const std::lock_guard guard(mutex_);
  journal_.push_back(step.done);
  if (step.planted) plants_.push_back(std::move(*step.planted));
  return step.done;
}

std::vector<ChangeDone> Churn::run(uint64_t changes, std::string_view product,
                                   std::string_view kind) {
  const std::lock_guard one_at_a_time(making_);
  std::vector<ChangeDone> made;
  for (uint64_t i = 0; i < changes; ++i) {
    auto done = make(next_++, product, kind);
    if (done) made.push_back(std::move(*done));
  }
  return made;
}

void Churn::touch() { run(1, "jira", "edit_priority"); }

}  // namespace spillguard::sim
