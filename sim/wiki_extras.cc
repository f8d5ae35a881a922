#include <fmt/format.h>

#include "base/json_writer.h"
#include "sim/extras.h"
#include "sim/jira_generator.h"
#include "sim/prose.h"
#include "sim/secrets.h"
#include "sim/users.h"

namespace spillguard::sim {
namespace {

size_t user_index(std::string_view name) {
  return static_cast<size_t>(find_user(name) - all_users().data());
}

class WikiExtras {
 public:
  WikiExtras(WikiSite& site, uint64_t seed, size_t amount)
      : site_(site), seed_(seed), amount_(amount), random_(seed, "wiki extras", 0) {}

  void add() {
    for (size_t i = 0; i < amount_; ++i) {
      label();
      property();
      message();
      selection("inline");
      selection("resolved");
      attachment();
      for (size_t kind = 0; kind < file_kinds(); ++kind) file(kind);
      draft("scanner");
      draft("ed");
      with_status(WikiStatus::kTrashed);
      restricted();
    }
    for (size_t i = 0; i < site_.spaces().size() && i < amount_; ++i) description(i);
    // Keys of people from other directories, and a space that nobody uses any more.
    fill(site_.create_space("~aruse@slac.example.edu", "A. Ruse", kFirstMoment));
    const auto archived = site_.create_space("OLD", "Old things", kFirstMoment);
    fill(archived);
    site_.space(archived).archived = true;
  }

 private:
  Plant next(bool bare) {
    Plant plant;
    do {
      plant = make_plant(seed_, "confluence extra", number_++, false);
    } while (bare && (!secret_kind(plant.kind).url_safe || secret_kind(plant.kind).needs_label ||
                      !secret_kind(plant.kind).single_line));
    return plant;
  }
  TimeMs now() { return kLastCreation + static_cast<TimeMs>(++clock_) * 61'000; }
  std::optional<size_t> page() {
    constexpr int kTries = 100;
    for (int i = 0; i < kTries && !site_.pages().empty(); ++i) {
      const auto index = static_cast<size_t>(random_.below(site_.pages().size()));
      const auto& known = site_.pages()[index];
      if (known.status == WikiStatus::kCurrent && !known.restricted) return index;
    }
    return std::nullopt;
  }
  void tell(size_t index, const Plant& plant, std::string part, std::string content,
            int64_t version = 1, std::string place = {}) {
    const auto& known = site_.pages()[index];
    site_.add_plant({.product = "confluence",
                     .scope = site_.spaces()[known.space].key,
                     .item = std::to_string(known.id),
                     .item_id = std::to_string(known.id),
                     .part = std::move(part),
                     .content = std::move(content),
                     .version = version,
                     .versions = {version},
                     .current = true,
                     .rule = std::string(secret_kind(plant.kind).name),
                     .secret = plant.secret,
                     .place = std::move(place)});
  }
  std::string id_of(size_t index) { return std::to_string(site_.pages()[index].id); }

  void label() {
    const auto index = page();
    if (!index) return;
    const auto plant = next(true);
    site_.page(*index).labels = {"runbook", plant.secret};
    tell(*index, plant, "label", id_of(*index));
  }

  void property() {
    const auto index = page();
    if (!index) return;
    const auto plant = next(false);
    auto key = fmt::format("deploy-{}", number_);
    std::string note;
    append_json_string(note, labelled(plant));
    site_.page(*index).properties.push_back(
        {.key = key, .json = fmt::format(R"({{"kept":true,"notes":[{}]}})", note)});
    tell(*index, plant, "property", key);
  }

  void message() {
    const auto index = page();
    if (!index) return;
    const auto plant = next(true);
    int64_t version = 0;
    site_.add_version(*index, now(), [&](WikiVersion& made) {
      made.message = "now with " + labelled(plant);
      version = made.number;
    });
    tell(*index, plant, "version_message", id_of(*index), version);
  }

  // What was marked may be gone from the page since.
  void selection(const char* location) {
    const auto index = page();
    if (!index) return;
    const auto plant = next(true);
    const auto when = now();
    const auto& comment =
        site_.add_comment(*index,
                          {.id = 0,
                           .location = location,
                           .parent = 0,
                           .selection = labelled(plant),
                           .versions = {{.number = 1,
                                         .when = when,
                                         .author = user_index("ed"),
                                         .body = "<p>This should not stand here.</p>"}}},
                          when);
    tell(*index, plant, "selection", std::to_string(comment.id));
  }

  void attachment() {
    const auto index = page();
    if (!index) return;
    const auto plant = next(true);
    const auto other = next(true);
    auto& made = site_.add_attachment(*index,
                                      {.id = 0,
                                       .name = fmt::format("50%+ä & {}.txt", plant.secret),
                                       .mime_type = "text/plain",
                                       .comment = "the key is " + labelled(other),
                                       .size = 64 + random_.below(900),
                                       .author = user_index("ed")},
                                      now());
    made.versions = 1 + static_cast<int64_t>(random_.below(3));
    const auto id = std::to_string(made.id);
    tell(*index, plant, "attachment_name", id, made.versions);
    tell(*index, other, "attachment_comment", id, made.versions);
  }

  // The same bytes hang on two pages.
  void file(size_t kind) {
    const auto plant = next(true);
    const FilePtr made = make_file(kind, fmt::format("file {}", number_), plant.secret, random_);
    std::optional<size_t> last;
    for (int copy = 0; copy < 2; ++copy) {
      const auto index = page();
      if (!index || index == last) return;  // a name stands on a page once
      last = index;
      auto& added = site_.add_attachment(*index,
                                         {.id = 0,
                                          .name = made->name,
                                          .mime_type = made->mime_type,
                                          .size = made->bytes.size(),
                                          .author = user_index("ed"),
                                          .file = made},
                                         now());
      added.versions = 1 + static_cast<int64_t>(random_.below(2));
      tell(*index, plant, "attachment", std::to_string(added.id), added.versions, made->place);
    }
  }

  size_t create(size_t space, const Plant& plant, std::string_view author) {
    const auto when = now();
    WikiPage made;
    made.space = space;
    made.parent = site_.spaces()[space].homepage;
    made.versions.push_back({.number = 1,
                             .when = when,
                             .author = user_index(author),
                             .title = fmt::format("{} [{}]", make_title(random_), number_),
                             .body = storage_fragment(plant)});
    return site_.create_page(std::move(made), when);
  }
  size_t some_space() { return static_cast<size_t>(random_.below(site_.spaces().size())); }

  void draft(std::string_view author) {
    const auto plant = next(false);
    const auto index = create(some_space(), plant, author);
    site_.page(index).status = WikiStatus::kDraft;
    tell(index, plant, "page", id_of(index));
  }

  void with_status(WikiStatus status) {
    const auto plant = next(false);
    const auto index = create(some_space(), plant, "ed");
    site_.page(index).status = status;
    tell(index, plant, "page", id_of(index));
  }

  void restricted() {
    const auto plant = next(false);
    const auto index = create(some_space(), plant, "admin");
    site_.page(index).restricted = true;
    tell(index, plant, "page", id_of(index));
  }

  void description(size_t index) {
    auto& space = site_.space(index);
    const auto plant = next(true);
    space.description += " Login: " + labelled(plant) + " .";
    site_.add_plant({.product = "confluence",
                     .scope = space.key,
                     .item = space.key,
                     .item_id = fmt::format("scope:{}", space.id),
                     .part = "scope_description",
                     .content = std::to_string(space.id),
                     .version = 1,
                     .versions = {},
                     .current = true,
                     .rule = std::string(secret_kind(plant.kind).name),
                     .secret = plant.secret});
  }

  void fill(size_t space) {
    for (size_t i = 0; i < amount_; ++i) {
      const auto plant = next(false);
      const auto index = create(space, plant, "mhuber");
      tell(index, plant, "page", id_of(index));
    }
  }

  WikiSite& site_;
  uint64_t seed_;
  size_t amount_;
  Random random_;
  uint64_t number_ = 0;
  uint64_t clock_ = 0;
};

}  // namespace

void add_wiki_extras(WikiSite& site, uint64_t seed, size_t amount) {
  if (amount > 0 && !site.spaces().empty()) WikiExtras(site, seed, amount).add();
}

}  // namespace spillguard::sim
