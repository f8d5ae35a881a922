#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/embedded.h"
#include "base/padded_text.h"
#include "base/strings.h"
#include "detect/compiled_rule.h"
#include "detect/engine.h"
#include "detect/filters.h"
#include "detect/literal_index.h"
#include "detect/rule.h"
#include "detect/templates.h"
#include "regex/shape.h"

namespace spillguard::detect {
namespace {

class Problems {
 public:
  explicit Problems(std::vector<std::string>& lines) : lines_(lines) {}
  void about(const Rule& rule) { rule_ = &rule; }
  void add(std::string_view what) {
    const std::string place = rule_->file.empty() ? std::string() : rule_->file + ": ";
    lines_.push_back(fmt::format("{}{} {}: {}", place, rule_->id, rule_->name, what));
  }

 private:
  std::vector<std::string>& lines_;
  const Rule* rule_ = nullptr;
};

bool is_upper_snake(std::string_view name) {
  if (name.empty() || name.front() < 'A' || name.front() > 'Z' || name.back() == '_') return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// A text as a rule file's reader recognises it, on one line.
std::string excerpt(std::string_view text) {
  std::string out(text.substr(0, 60));
  std::replace_if(out.begin(), out.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return to_valid_utf8(out) + (text.size() > 60 ? "…" : "");
}

bool holds_anchor(const Rule& rule, std::string_view text) {
  return std::any_of(rule.anchors.begin(), rule.anchors.end(), [&](const std::string& anchor) {
    return rule.ignore_case ? contains_ignore_case(text, to_lower(anchor))
                            : text.find(anchor) != std::string_view::npos;
  });
}

void check_words(const Rule& rule, Problems& problems) {
  if (!is_upper_snake(rule.name)) problems.add("name must be in UPPER_SNAKE_CASE");
  if (trim(rule.title).empty()) problems.add("title is empty");
  if (trim(rule.provider).empty())
    problems.add("provider is missing, here and at the head of the file");
  if (!rule.source.starts_with("https://") && !rule.source.starts_with("http://")) {
    problems.add("source is missing: the public page that documents the format, as a URL");
  }
  if (rule.examples.empty()) problems.add("needs an example");
  if (rule.counter_examples.empty()) problems.add("needs a counter-example");
  if (rule.category == "generic" && rule.detector.empty() && rule.min_entropy <= 0 &&
      rule.validators.empty()) {
    problems.add("a generic rule needs `entropy` or `validators`");
  }
}

bool is_built_in(const Rule& rule) {
  const auto& files = embedded::rule_files();
  return std::any_of(files.begin(), files.end(),
                     [&](const embedded::EmbeddedFile& file) { return file.name == rule.file; });
}

// What the analysis of the pattern says about anchors and reach.
void check_reach(const Rule& rule, Problems& problems) {
  if (!rule.detector.empty()) return;
  if (rule.anchors.empty()) {
    // It would run, but every text pays for it.
    if (is_built_in(rule)) {
      problems.add(
          "no anchor can be derived from the pattern, and a built-in rule has one; give `anchors`, "
          "literals of which every match holds one");
    }
    return;
  }
  const auto shape = regex::Shape::of(rule.pattern, rule.ignore_case);
  if (!shape) {
    if (rule.after == 0) problems.add(shape.error().message + "; give `before` and `after`");
    return;
  }
  const regex::AnchorPlan plan = shape->plan(rule.anchors);
  if (!plan.every_match_has_one) {
    problems.add(
        "the pattern can match without any of its anchors (or with them in another case: then "
        "set ignore_case)");
    return;
  }
  if (plan.before == regex::kUnbounded && rule.before == 0) {
    problems.add(
        "there is no bound on what stands before the anchor; give `before`, or bound the pattern");
  } else if (plan.before != regex::kUnbounded && rule.before < plan.before) {
    problems.add(
        fmt::format("before = {} is too little: a match can begin {} bytes before its anchor",
                    rule.before, plan.before));
  }
  if (plan.after != regex::kUnbounded && rule.after < plan.after) {
    problems.add(
        fmt::format("after = {} is too little: a match can reach {} bytes from its anchor's begin",
                    rule.after, plan.after));
  }
}

bool found_by(const Engine& engine, int32_t id, std::string_view text) {
  const PaddedText padded(text);
  Engine::Scratch scratch = engine.make_scratch();
  ScanResult result;
  engine.scan(padded.view(), scratch, result);
  const auto is_it = [&](uint32_t rule) { return engine.rules()[rule].id == id; };
  return std::any_of(result.matches.begin(), result.matches.end(), [&](const Match& match) {
    return is_it(match.rule) || std::any_of(match.also.begin(), match.also.end(), is_it);
  });
}

// Runs the rule alone on its examples. False when it can not be built.
bool check_alone(const Rule& rule, Problems& problems) {
  Rule enabled = rule;
  enabled.enabled = true;
  const auto engine = Engine::build(RuleSet::of({enabled}), {.self_check = false});
  if (!engine) {
    problems.add(engine.error().message);
    return false;
  }
  const auto examples = expand_examples(rule);
  const auto counter_examples = expand_counter_examples(rule);
  if (!examples || !counter_examples) {
    problems.add((examples ? counter_examples : examples).error().message);
    return false;
  }
  for (const std::string& example : *examples) {
    if (!rule.anchors.empty() && !holds_anchor(rule, example)) {
      problems.add(fmt::format("example holds none of the anchors: {}", excerpt(example)));
    } else if (!found_by(**engine, rule.id, example)) {
      problems.add(fmt::format("example is not found: {}", excerpt(example)));
    }
  }
  for (const std::string& counter : *counter_examples) {
    if (found_by(**engine, rule.id, counter)) {
      problems.add(fmt::format("counter-example is found: {}", excerpt(counter)));
    }
  }
  return true;
}

void check_together(const std::vector<Rule>& good, Problems& problems,
                    std::vector<std::string>& lines) {
  const auto engine = Engine::build(RuleSet::of(good));
  if (!engine) {
    lines.push_back(engine.error().message);
    return;
  }
  for (const Rule& rule : good) {
    problems.about(rule);
    const auto examples = expand_examples(rule);
    SG_CHECK(examples.has_value());  // or it would not be among the good ones
    for (const std::string& example : *examples) {
      if (!found_by(**engine, rule.id, example)) {
        problems.add(
            fmt::format("example is not found when all rules run together: {}", excerpt(example)));
      }
    }
  }
}

}  // namespace

std::vector<std::string> check_rules(const RuleSet& rules) {
  std::vector<std::string> lines;
  if (const Status library = LiteralIndex::self_check(); !library) {
    lines.push_back(library.error().message);
    return lines;
  }
  Problems problems(lines);
  std::vector<Rule> good;  // those that stand their own examples, all switched on
  for (const Rule& rule : rules.rules()) {
    const size_t before = lines.size();
    problems.about(rule);
    check_words(rule, problems);
    check_reach(rule, problems);
    if (check_alone(rule, problems) && lines.size() == before) {
      good.push_back(rule);
      good.back().enabled = true;
    }
  }
  check_together(good, problems, lines);
  return lines;
}

}  // namespace spillguard::detect
