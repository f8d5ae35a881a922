#include <fmt/format.h>

#include "base/json_writer.h"
#include "sim/extras.h"
#include "sim/field_table.h"
#include "sim/jira_generator.h"
#include "sim/secrets.h"

namespace spillguard::sim {
namespace {

std::string quoted_json(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

class JiraExtras {
 public:
  JiraExtras(JiraSite& site, uint64_t seed, size_t amount)
      : site_(site), seed_(seed), amount_(amount), random_(seed, "jira extras", 0) {}

  void add() {
    for (size_t i = 0; i < amount_; ++i) {
      label();
      link();
      remote_link();
      property();
      attachment_name();
      for (size_t kind = 0; kind < file_kinds(); ++kind) file(kind);
      deleted_comment();
      odd_history();
      restricted();
      archived_issue();
    }
    for (size_t i = 0; i < site_.projects().size() && i < amount_; ++i) project_texts(i);
    archived_project();
  }

 private:
  // A secret; `bare` ones need no word beside them and fit anywhere.
  Plant next(bool bare) {
    Plant plant;
    do {
      plant = make_plant(seed_, "jira extra", number_++, false);
    } while (bare && (!secret_kind(plant.kind).url_safe || secret_kind(plant.kind).needs_label ||
                      !secret_kind(plant.kind).single_line));
    return plant;
  }
  std::optional<size_t> issue() {
    constexpr int kTries = 100;
    for (int i = 0; i < kTries && !site_.records().empty(); ++i) {
      const auto index = static_cast<size_t>(random_.below(site_.records().size()));
      const auto& record = site_.records()[index];
      if (site_.editable(index) && !record.restricted && !site_.projects()[record.project].archived)
        return index;
    }
    return std::nullopt;
  }
  void tell(size_t index, const Plant& plant, std::string part, std::string content,
            bool current = true, std::string place = {}) {
    const auto& record = site_.records()[index];
    site_.add_plant({.product = "jira",
                     .scope = site_.projects()[record.project].key,
                     .item = site_.key_of(record),
                     .item_id = std::to_string(record.id),
                     .part = std::move(part),
                     .content = std::move(content),
                     .version = 0,
                     .versions = {},
                     .current = current,
                     .rule = std::string(secret_kind(plant.kind).name),
                     .secret = plant.secret,
                     .place = std::move(place)});
  }
  TimeMs now() { return kLastCreation + static_cast<TimeMs>(++clock_) * 61'000; }
  const PersonJson& person() { return random_.pick(site_.people()); }

  template <typename Change>
  void edit(const Plant& plant, const char* part, const Change& change, bool current = true) {
    const auto index = issue();
    if (!index) return;
    std::string content;
    site_.edit(*index, now(), [&](JiraIssue& made) { content = change(made); });
    tell(*index, plant, part, content, current);
  }

  void label() {
    const auto plant = next(true);
    edit(plant, "label", [&](JiraIssue& made) {
      made.field("labels").json = "[\"on-call\"," + quoted_json(plant.secret) + "]";
      return std::string("labels");
    });
  }

  // Both ends know each other's summary.
  void link() {
    const auto from = issue();
    const auto to = issue();
    if (!from || !to || *from == *to) return;
    const auto id = site_.next_id();
    link_end(*from, *to, id, "outwardIssue");
    link_end(*to, *from, id, "inwardIssue");
  }
  void link_end(size_t index, size_t other, int64_t id, std::string_view side) {
    const auto& record = site_.records()[other];
    const auto summary = site_.issue(other).summary;
    site_.edit(index, now(), [&](JiraIssue& made) {
      made.field("issuelinks").json = fmt::format(
          R"([{{"id":"{0}","self":"{1}/rest/api/2/issueLink/{0}","type":{{"id":"10003","name":"Relates","inward":"relates to","outward":"relates to","self":"{1}/rest/api/2/issueLinkType/10003"}},"{2}":{{"id":"{3}","key":"{4}","self":"{1}/rest/api/2/issue/{3}","fields":{{"summary":{5}}}}}}}])",
          id, site_.base_url(), side, record.id, site_.key_of(record), quoted_json(summary));
    });
  }

  void remote_link() {
    const auto plant = next(true);
    edit(plant, "remote_link", [&](JiraIssue& made) {
      const auto id = site_.next_id();
      made.remote_links.push_back({.id = id,
                                   .title = "Job of the night",
                                   .url = "https://hooks.example.com/run?token=" + plant.secret});
      return std::to_string(id);
    });
  }

  void property() {
    const auto plant = next(false);
    edit(plant, "property", [&](JiraIssue& made) {
      auto key = fmt::format("com.example.deploy.{}", number_);
      made.properties.push_back(
          {.key = key,
           .json = fmt::format(R"({{"enabled":true,"targets":[{{"note":{}}}]}})",
                               quoted_json("use " + labelled(plant)))});
      return key;
    });
  }

  void attachment_name() {
    const auto plant = next(true);
    edit(plant, "attachment_name", [&](JiraIssue& made) {
      const auto id = site_.next_id();
      // Names hold what people and systems put there.
      made.attachments.push_back({.id = id,
                                  .author = person(),
                                  .name = "50%+ä & #7 " + plant.secret + " .txt",
                                  .mime_type = "text/plain",
                                  .created = made.created,
                                  .size = 64 + random_.below(900)});
      return std::to_string(id);
    });
  }

  // The same bytes hang on two issues.
  void file(size_t kind) {
    const auto plant = next(true);
    const FilePtr made = make_file(kind, fmt::format("file {}", number_), plant.secret, random_);
    for (int copy = 0; copy < 2; ++copy) {
      const auto index = issue();
      if (!index) return;
      std::string content;
      site_.edit(*index, now(), [&](JiraIssue& issue) {
        const auto id = site_.next_id();
        content = std::to_string(id);
        issue.attachments.push_back({.id = id,
                                     .author = person(),
                                     .name = made->name,
                                     .mime_type = made->mime_type,
                                     .created = issue.created,
                                     .size = made->bytes.size(),
                                     .file = made});
      });
      tell(*index, plant, "attachment", content, true, made->place);
    }
  }

  // The text of a deleted comment stays in the history, where an id would be expected.
  void deleted_comment() {
    const auto plant = next(false);
    edit(
        plant, "history",
        [&](JiraIssue& made) {
          JiraHistory history{
              .id = site_.next_id(), .author = person(), .created = made.updated, .changes = {}};
          history.changes.push_back({.field = "Comment",
                                     .custom = false,
                                     .from = "Sorry. " + labelled(plant),
                                     .from_string = {},
                                     .to = {},
                                     .to_string = {}});
          made.histories.push_back(std::move(history));
          return std::string("comment");
        },
        false);
  }

  // By nobody, out of order, and twice of the same field in one entry.
  void odd_history() {
    const auto index = issue();
    if (!index) return;
    site_.edit(*index, now(), [&](JiraIssue& made) {
      JiraHistory history{
          .id = site_.next_id(), .author = {}, .created = made.created + 1000, .changes = {}};
      for (const char* version : {"1.0", "1.1"}) {
        history.changes.push_back({.field = "Fix Version",
                                   .custom = false,
                                   .from = {},
                                   .from_string = {},
                                   .to = "10100",
                                   .to_string = version});
      }
      made.histories.push_back(std::move(history));
    });
  }

  void restricted() {
    const auto index = issue();
    if (!index) return;
    const auto plant = next(false);
    site_.edit(*index, now(),
               [&](JiraIssue& made) { made.description += "\r\n" + labelled(plant); });
    site_.restrict_issue(*index);
    tell(*index, plant, "description", "description");
  }

  void archived_issue() {
    const auto index = issue();
    if (index) site_.archive_issue(*index);
  }

  void project_texts(size_t index) {
    auto& project = site_.project(index);
    const auto tell_project = [&](const Plant& plant, std::string part, std::string content) {
      site_.add_plant({.product = "jira",
                       .scope = project.key,
                       .item = project.key,
                       .item_id = fmt::format("scope:{}", project.id),
                       .part = std::move(part),
                       .content = std::move(content),
                       .version = 0,
                       .versions = {},
                       .current = true,
                       .rule = std::string(secret_kind(plant.kind).name),
                       .secret = plant.secret});
    };
    auto plant = next(true);
    project.description += " Set " + labelled(plant) + " first.";
    tell_project(plant, "scope_description", std::to_string(project.id));
    if (project.versions_json != "[]") return;
    plant = next(true);
    auto id = site_.next_id();
    project.versions_json = fmt::format(
        R"([{{"self":"{0}/rest/api/2/version/{1}","id":"{1}","name":"2.4","description":{2},"archived":false,"released":true,"projectId":{3}}}])",
        site_.base_url(), id, quoted_json("built with " + labelled(plant)), project.id);
    tell_project(plant, "version", std::to_string(id));
    if (project.components_json != "[]") return;
    plant = next(true);
    id = site_.next_id();
    project.components_json = fmt::format(
        R"([{{"self":"{0}/rest/api/2/component/{1}","id":"{1}","name":"Gateway","description":{2}}}])",
        site_.base_url(), id, quoted_json(labelled(plant)));
    tell_project(plant, "component", std::to_string(id));
  }

  void archived_project() {
    const auto project = site_.create_project("ARC", "Archive");
    for (size_t i = 0; i < amount_; ++i) {
      const auto plant = next(false);
      JiraIssue made;
      made.summary = fmt::format("Long done ({})", i);
      made.description = wiki_fragment(plant);
      tell(site_.create(project, std::move(made), now()), plant, "description", "description");
    }
    site_.archive_project(project);
  }

  JiraSite& site_;
  uint64_t seed_;
  size_t amount_;
  Random random_;
  uint64_t number_ = 0;
  uint64_t clock_ = 0;
};

}  // namespace

void add_jira_extras(JiraSite& site, uint64_t seed, size_t amount) {
  if (amount > 0 && !site.projects().empty()) JiraExtras(site, seed, amount).add();
}

}  // namespace spillguard::sim
