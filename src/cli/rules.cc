// spillguard rules list|show|check|test
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>

#include "base/json_writer.h"
#include "cli/commands.h"
#include "cli/rule_options.h"
#include "cli/rule_trial.h"
#include "detect/templates.h"

namespace spillguard::cli {
namespace rules_command {
namespace {

struct Options {
  RuleOptions rules;
  std::string format = "text";
  std::string name;
  bool examples = false;
};

void list_json(const detect::RuleSet& rules, bool examples, std::ostream& out) {
  std::string text;
  JsonWriter json(text);
  json.begin_array();
  for (const detect::Rule& rule : rules.rules()) {
    json.begin_object();
    json.field("id", static_cast<int64_t>(rule.id));
    json.field("name", rule.name);
    json.field("category", rule.category);
    json.field("severity", detect::severity_name(rule.severity));
    json.field("enabled", rule.enabled);
    json.field("title", rule.title);
    if (examples) {
      json.key("examples");
      json.begin_array();
      const auto made = detect::expand_examples(rule);
      for (const std::string& example : made.value_or(std::vector<std::string>())) {
        json.value(example);
      }
      json.end_array();
    }
    json.end_object();
  }
  json.end_array();
  out << text << '\n';
}

void list_text(const detect::RuleSet& rules, std::ostream& out) {
  size_t name_width = 4;
  size_t category_width = 8;
  for (const detect::Rule& rule : rules.rules()) {
    name_width = std::max(name_width, rule.name.size());
    category_width = std::max(category_width, rule.category.size());
  }
  for (const detect::Rule& rule : rules.rules()) {
    out << fmt::format("{:>6}  {:<{}}  {:<{}}  {:<8}  {:<3}  {}\n", rule.id, rule.name, name_width,
                       rule.category, category_width, detect::severity_name(rule.severity),
                       rule.enabled ? "on" : "off", rule.title);
  }
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) {
    out += (out.empty() ? "" : ", ") + word;
  }
  return out;
}

void show(const detect::Rule& rule, std::ostream& out) {
  const auto line = [&](std::string_view what, std::string_view value) {
    if (!value.empty()) {
      out << fmt::format("{:<12}{}\n", what, value);
    }
  };
  line("name", rule.name);
  line("id", std::to_string(rule.id));
  line("title", rule.title);
  line("provider", rule.provider);
  line("category", rule.category);
  line("severity", detect::severity_name(rule.severity));
  line("enabled", rule.enabled ? "yes" : "no");
  line("version", detect::rule_version(rule));
  line("detector", rule.detector);
  line("pattern", rule.pattern);
  if (rule.syntax == detect::Syntax::kJava) line("syntax", "java");
  line("anchors", joined(rule.anchors));
  line("context", joined(rule.context));
  line("validators", joined(rule.validators));
  line("stop words", joined(rule.stop_words));
  if (rule.min_entropy > 0) {
    line("entropy", fmt::format("at least {:.2f} bits a byte", rule.min_entropy));
  }
  line("source", rule.source);
  line("file", rule.file);
}

int with_rules(const Options& options, Io& io,
               int (*run)(const Options&, const detect::RuleSet&, Io&)) {
  const auto rules = load_rules(options.rules);
  if (!rules) {
    io.err << "spillguard rules: " << rules.error().message << '\n';
    return kExitError;
  }
  return run(options, *rules, io);
}

int run_list(const Options& options, const detect::RuleSet& rules, Io& io) {
  options.format == "json" ? list_json(rules, options.examples, io.out) : list_text(rules, io.out);
  return kExitNothing;
}

int run_show(const Options& options, const detect::RuleSet& rules, Io& io) {
  const detect::Rule* rule = rules.find(options.name);
  if (rule == nullptr) {
    io.err << "spillguard rules: no rule named " << options.name
           << "; `spillguard rules list` names them all\n";
    return kExitError;
  }
  show(*rule, io.out);
  return kExitNothing;
}

int run_check(const Options& /*options*/, const detect::RuleSet& rules, Io& io) {
  const std::vector<std::string> problems = detect::check_rules(rules);
  for (const std::string& problem : problems) {
    io.out << problem << '\n';
  }
  if (problems.empty()) {
    io.out << rules.rules().size() << " rules, no problem\n";
  }
  return problems.empty() ? kExitNothing : kExitError;
}

}  // namespace
}  // namespace rules_command

void add_rules(CommandLine& line) {
  namespace own = rules_command;
  // Shared by the three commands, of which one runs.
  const auto options = std::make_shared<own::Options>();
  CommandLine list = line.subcommand("list", "List all rules");
  declare_rule_options(list, options->rules);
  list.choice("--format", options->format, {"text", "json"}, "Form of the list");
  list.flag("--examples", options->examples,
            "In JSON, with texts that each rule finds: made anew, nobody's secrets");
  list.run([options](Io& io) { return own::with_rules(*options, io, own::run_list); });
  CommandLine show = line.subcommand("show", "Show all of one rule");
  declare_rule_options(show, options->rules);
  show.positional("NAME", options->name, "The rule's name, such as `rules list` shows it");
  show.run([options](Io& io) { return own::with_rules(*options, io, own::run_show); });
  CommandLine check =
      line.subcommand("check", "Look for mistakes in the rules and try their examples");
  declare_rule_options(check, options->rules);
  check.run([options](Io& io) { return own::with_rules(*options, io, own::run_check); });
  CommandLine test = line.subcommand("test", "Try a rule, or the rules of a file, on a text");
  add_rules_trial(test);
}

}  // namespace spillguard::cli
