#include "bench/bench_texts.h"

#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <boost/json.hpp>
#include <string_view>

#include "base/file.h"
#include "bench/bench_rules.h"

namespace spillguard::bench {
namespace {

void add(std::string_view text, Texts& texts) {
  if (text.empty()) return;
  texts.documents.emplace_back(text);
  texts.bytes += text.size();
}

void add_string(const boost::json::object& object, std::string_view key, Texts& texts) {
  const auto* value = object.if_contains(key);
  if (value != nullptr && value->is_string()) add(value->get_string(), texts);
}

void add_issue(const boost::json::object& issue, Texts& texts) {
  const auto* fields = issue.if_contains("fields");
  if (fields == nullptr || !fields->is_object()) return;
  add_string(fields->get_object(), "description", texts);
  add_string(fields->get_object(), "environment", texts);
  const auto* comment = fields->get_object().if_contains("comment");
  if (comment == nullptr || !comment->is_object()) return;
  const auto* list = comment->get_object().if_contains("comments");
  if (list == nullptr || !list->is_array()) return;
  for (const auto& entry : list->get_array()) {
    if (entry.is_object()) add_string(entry.get_object(), "body", texts);
  }
}

void add_page(const boost::json::object& page, Texts& texts) {
  const auto* versions = page.if_contains("versions");
  if (versions == nullptr || !versions->is_array() || versions->get_array().empty()) return;
  const auto& newest = versions->get_array().back();
  if (newest.is_object()) add_string(newest.get_object(), "text", texts);
}

}  // namespace

Texts load_texts(const std::string& folder, size_t bytes) {
  Texts texts;
  const auto read = [&](const std::string& name, size_t until, auto&& add_object) {
    const Status status = for_each_line(folder + "/" + name, [&](std::string_view line) -> Status {
      if (texts.bytes >= until) return fail(Code::kCancelled, "enough");
      boost::system::error_code error;
      const boost::json::value value = boost::json::parse(line, error);
      if (!error && value.is_object()) add_object(value.get_object(), texts);
      return {};
    });
    if (!status && status.error().code != Code::kCancelled) {
      fmt::print("NOTE: {}\n", status.error().message);
    }
  };
  read("jira-issues.jsonl.gz", bytes / 2, add_issue);
  read("wiki-pages.jsonl.gz", bytes, add_page);
  texts.real = texts.bytes > 0;
  if (!texts.real) {
    fmt::print("NOTE: no texts in {}: measuring generated text, which is easier than real text\n",
               folder);
    uint64_t seed = 1;
    while (texts.bytes < bytes) add(generated_text(seed++), texts);
  }
  return texts;
}

double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

double best_nanoseconds(int rounds, size_t bytes, const std::function<void()>& work) {
  double best = 1e9;
  for (int i = 0; i < rounds; ++i) {
    const double start = thread_seconds();
    work();
    best = std::min(best, thread_seconds() - start);
  }
  return best * 1e9 / static_cast<double>(bytes);
}

}  // namespace spillguard::bench
