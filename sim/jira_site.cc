#include "sim/jira_site.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <set>
#include <thread>

#include "base/strings.h"
#include "base/threads.h"

namespace spillguard::sim {
namespace {

// The distinct JSON texts of each ValueField.
using ValueSets = std::array<std::set<std::string, std::less<>>, kValueFieldIds.size()>;

void collect_values(const JiraIssue& issue, ValueSets& values) {
  for (const auto& field : issue.fields) {
    for (size_t i = 0; i < kValueFieldIds.size(); ++i) {
      if (field.id == kValueFieldIds[i] && field.json.starts_with('{'))
        values[i].insert(field.json);
    }
  }
}

// Sorted, one of each id; what has no id is no resource.
std::vector<FieldValue> values_by_id(const std::set<std::string, std::less<>>& texts) {
  std::map<int64_t, std::string> sorted;
  for (const auto& text : texts) {
    boost::system::error_code error;
    const auto value = boost::json::parse(text, error);
    const auto* object = value.if_object();
    const auto* id = object == nullptr ? nullptr : object->if_contains("id");
    if (error || id == nullptr || !id->is_string()) continue;
    const auto& words = id->get_string();
    if (const auto number = parse_int(std::string_view(words.data(), words.size())))
      sorted.emplace(*number, text);
  }
  std::vector<FieldValue> list;
  for (const auto& [id, text] : sorted) list.push_back({id, text});
  return list;
}

}  // namespace

Result<std::unique_ptr<JiraSite>> JiraSite::build(const JiraSiteOptions& options) {
  auto site = std::unique_ptr<JiraSite>(new JiraSite(options));
  if (!options.data_file.empty()) {
    SG_ASSIGN(site->data_, JiraData::load(options.data_file, options.base_url));
    site->projects_ = site->data_.projects();
    site->records_ = site->data_.records();
  }
  site->first_generated_ = site->records_.size();
  site->generator_ = std::make_unique<JiraGenerator>(
      options.seed, options.base_url, site->projects_.size(), options.projects, options.issues);
  for (auto& project : site->generator_->projects()) site->projects_.push_back(std::move(project));
  site->records_.reserve(site->first_generated_ + site->generator_->issues());
  for (size_t i = 0; i < site->generator_->issues(); ++i)
    site->records_.push_back(site->generator_->record(i));
  site->by_number_.resize(site->projects_.size());
  site->next_number_.resize(site->projects_.size(), 1);
  for (size_t i = 0; i < site->records_.size(); ++i) {
    const auto& record = site->records_[i];
    auto& next = site->next_number_[record.project];
    next = std::max(next, record.number + 1);
    if (i >= site->first_generated_) continue;
    site->by_id_.emplace(record.id, i);
    site->by_number_[record.project].emplace(record.number, i);
  }
  site->plants_ = plan_jira_plants(options.seed, options.plants_per_kind, site->records_,
                                   site->projects_.size());
  site->make_all();
  return site;
}

// Every issue is made once at the start, on all processors: for the values of status and the like,
// and to keep the documents. Of too many only the first are looked at.
void JiraSite::make_all() {
  struct Share {
    ValueSets values;
    std::vector<std::pair<int64_t, size_t>> attachments;
  };
  constexpr size_t kSample = 5'000;
  const bool keep = records_.size() <= options_.max_kept_issues;
  const size_t end = keep ? records_.size() : std::max(first_generated_, kSample);
  if (keep) kept_.resize(records_.size());
  const size_t workers = usable_processors();
  std::vector<Share> shares(workers);
  std::vector<std::thread> threads;
  for (size_t worker = 0; worker < workers; ++worker) {
    threads.emplace_back([&, worker] {
      auto& share = shares[worker];
      for (size_t i = worker; i < std::min(end, records_.size()); i += workers) {
        const auto issue = make_issue(i);
        collect_values(issue, share.values);
        if (i < first_generated_) {
          for (const auto& attachment : issue.attachments)
            share.attachments.emplace_back(attachment.id, i);
        }
        if (keep)
          kept_[i] =
              std::make_shared<const JiraDocument>(sim::make_document(issue, options_.base_url));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  ValueSets values;
  for (auto& share : shares) {
    for (size_t field = 0; field < values.size(); ++field) values[field].merge(share.values[field]);
    attachments_.insert(share.attachments.begin(), share.attachments.end());
  }
  for (size_t field = 0; field < values.size(); ++field)
    values_[field] = values_by_id(values[field]);
  if (keep) {
    take_census();
    if (!options_.may_change) data_.forget_texts();
  }
}

const JiraSite::Census& JiraSite::census() const {
  if (!counted_.load(std::memory_order_acquire)) take_census();
  return census_;
}

void JiraSite::take_census() const {
  const std::lock_guard lock(counting_);
  if (counted_.load(std::memory_order_acquire)) return;
  const size_t workers = usable_processors();
  std::vector<Census> shares(workers);
  std::vector<std::thread> threads;
  for (size_t worker = 0; worker < workers; ++worker) {
    threads.emplace_back([&, worker] {
      auto& share = shares[worker];
      share.parts.resize(projects_.size());
      share.more.resize(projects_.size());
      share.items.resize(projects_.size());
      share.hidden.resize(projects_.size());
      for (size_t i = worker; i < records_.size(); i += workers) {
        const auto& record = records_[i];
        if (record.deleted || record.archived || projects_[record.project].archived) continue;
        if (record.restricted) {
          ++share.hidden[record.project];
          continue;
        }
        ++share.items[record.project];
        const auto made = issue(i);
        count_parts(made, share.parts[record.project]);
        count_more_parts(made, share.more[record.project]);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  census_ = {};
  census_.parts.resize(projects_.size());
  census_.more.resize(projects_.size());
  census_.items.resize(projects_.size());
  census_.hidden.resize(projects_.size());
  for (const auto& share : shares) {
    for (size_t project = 0; project < projects_.size(); ++project) {
      for (const auto& [kind, number] : share.parts[project])
        census_.parts[project][kind] += number;
      for (const auto& [kind, number] : share.more[project]) census_.more[project][kind] += number;
      census_.items[project] += share.items[project];
      census_.hidden[project] += share.hidden[project];
    }
  }
  counted_.store(true, std::memory_order_release);
}

JiraIssue JiraSite::make_issue(size_t index) const {
  const auto& record = records_[index];
  JiraIssue issue;
  if (record.loaded) {
    issue = data_.make(record.source);
    issue.project = record.project;
    Random random(options_.seed, "life of loaded", record.source);
    generator_->add_life(issue, random);
  } else {
    auto project = projects_[record.project];
    if (project.changed) project.key = project.first_key;
    issue = generator_->make(record.source, project);
  }
  const auto found = plants_.find(index);
  if (found != plants_.end()) {
    for (const auto& plant : found->second)
      apply_plant(issue, plant, people()[plant.number % people().size()]);
  }
  return issue;
}

std::string JiraSite::key_of(const JiraRecord& record) const {
  return fmt::format("{}-{}", projects_[record.project].key, record.number);
}

std::optional<size_t> JiraSite::find_project(std::string_view id_or_key) const {
  const auto id = parse_int(id_or_key);
  for (size_t i = 0; i < projects_.size(); ++i) {
    const auto& project = projects_[i];
    if (id == project.id || equals_ignore_case(project.key, id_or_key)) {
      return i;
    }
  }
  for (size_t i = 0; i < projects_.size(); ++i) {
    for (const auto& former : projects_[i].former_keys) {
      if (equals_ignore_case(former, id_or_key)) return i;
    }
  }
  return std::nullopt;
}

std::optional<size_t> JiraSite::find_issue(std::string_view id_or_key) const {
  const auto known = [&](std::optional<size_t> generated,
                         const std::unordered_map<int64_t, size_t>& others,
                         int64_t number) -> std::optional<size_t> {
    const auto found = others.find(number);
    auto index = found != others.end() ? std::optional(found->second) : std::nullopt;
    if (!index && generated) index = first_generated_ + *generated;
    return index && !records_[*index].deleted ? index : std::nullopt;
  };
  if (const auto id = parse_int(id_or_key)) return known(generator_->index_of_id(*id), by_id_, *id);
  const auto dash = id_or_key.rfind('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto number = parse_int(id_or_key.substr(dash + 1));
  const auto project = find_project(id_or_key.substr(0, dash));
  if (!number || !project) return std::nullopt;
  return known(generator_->index_of_number(*project, *number), by_number_[*project], *number);
}

std::shared_ptr<const JiraDocument> JiraSite::document(size_t issue) const {
  const auto edited = edited_documents_.find(issue);
  if (edited != edited_documents_.end()) return edited->second;
  if (!kept_.empty()) return kept_[issue];
  return std::make_shared<const JiraDocument>(
      sim::make_document(make_issue(issue), options_.base_url));
}

std::optional<size_t> JiraSite::find_attachment(int64_t id) const {
  const auto found = attachments_.find(id);
  if (found != attachments_.end()) return found->second;
  const auto generated = generator_->index_of_part(id);
  return generated ? std::optional(first_generated_ + *generated) : std::nullopt;
}

void JiraSite::for_each_plant(const std::function<void(const ManifestLine&)>& take) const {
  std::vector<const JiraPlant*> sorted;
  for (const auto& [issue, plants] : plants_) {
    for (const auto& plant : plants) sorted.push_back(&plant);
  }
  std::sort(sorted.begin(), sorted.end(),
            [](const auto* a, const auto* b) { return a->number < b->number; });
  for (const auto* plant : sorted) {
    const auto& record = records_[plant->issue];
    take(manifest_line(*plant, record, projects_[record.project]));
  }
  for (const auto& line : more_plants_) take(line);
}

}  // namespace spillguard::sim
