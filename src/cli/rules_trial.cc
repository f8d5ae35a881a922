// spillguard rules test
#include <fmt/format.h>

#include <filesystem>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/file.h"
#include "base/strings.h"
#include "cli/context.h"
#include "cli/rule_options.h"
#include "cli/rule_trial.h"
#include "cli/source_text.h"
#include "detect/user_rule.h"

namespace spillguard::cli {
namespace rules_trial {
namespace {

constexpr uint64_t kMostTextBytes = UINT64_C(1) << 26U;

struct Options {
  RuleOptions rules;
  std::string rule;  // a name or a file
  std::string text = "-";
  std::string file;
  bool clear = false;
  bool java = false;
  std::string flags;
};

bool may_be_name(const std::string& text) {
  return text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == std::string::npos;
}

// The rule that a pattern makes.
Result<std::vector<detect::Rule>> of_pattern(const Options& options) {
  SG_ASSIGN(detect::Rule rule, detect::make_user_rule({.id = 1,
                                                       .name = "PATTERN",
                                                       .pattern = options.rule,
                                                       .description = {},
                                                       .flags = options.flags}));
  return std::vector<detect::Rule>{std::move(rule)};
}

// The rule of that name, or all rules of that file.
Result<std::vector<detect::Rule>> chosen(const Options& options) {
  if (options.java) return of_pattern(options);
  if (!options.flags.empty()) {
    return fail(Code::kInvalidArgument, "--flags go with --java");
  }
  if (may_be_name(options.rule)) {
    SG_ASSIGN(const detect::RuleSet all, load_rules(options.rules));
    if (const detect::Rule* rule = all.find(options.rule)) {
      return std::vector<detect::Rule>{*rule};
    }
  }
  std::error_code error;
  if (!std::filesystem::exists(options.rule, error)) {
    return fail(Code::kNotFound, options.rule +
                                     " is neither a rule nor a rule file; `spillguard rules list` "
                                     "names the rules");
  }
  SG_ASSIGN(const std::string toml, read_file(options.rule));
  detect::RuleSet own;
  SG_TRY(own.add_file(options.rule, toml));
  if (own.rules().empty()) {
    return fail(Code::kInvalidArgument, options.rule + " holds no rule");
  }
  return std::vector<detect::Rule>(own.rules().begin(), own.rules().end());
}

Result<std::string> text_of(const Options& options, std::istream& in) {
  if (!options.file.empty()) {
    if (options.text != "-") {
      return fail(Code::kInvalidArgument, "give TEXT or --file, not both");
    }
    return read_file(options.file, kMostTextBytes);
  }
  if (options.text != "-") {
    return options.text;
  }
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (in.bad()) {
    return fail(Code::kIo, "the standard input can not be read");
  }
  return text;
}

void print_match(const TrialMatch& match, std::string_view text, bool clear, std::ostream& out) {
  Places places(text);
  const Place begin = places.at(match.secret.begin);
  const Place end = places.at(match.secret.end);
  out << fmt::format("  {:<7}  {}:{} to {}:{}, bytes {} to {}", match.found ? "found" : "refused",
                     begin.line, begin.column, end.line, end.column, match.secret.begin,
                     match.secret.end);
  if (match.match != match.secret) {
    out << fmt::format(" in the match {} to {}", match.match.begin, match.match.end);
  }
  if (!match.decoded.empty()) {
    out << " in " << match.decoded;
  }
  out << fmt::format(", entropy {:.2f}: {}\n", match.entropy,
                     clear ? for_terminal(match.text) : shown_secret(match.text));
  for (const std::string& reason : match.refused) {
    out << "           " << reason << '\n';
  }
}

// Whether the rule found something.
bool print(const detect::Rule& rule, const RuleTrial& trial, std::string_view text, bool clear,
           std::ostream& out) {
  out << rule.name << '\n';
  bool found = false;
  for (const TrialMatch& match : trial.matches) {
    print_match(match, text, clear, out);
    found = found || match.found;
  }
  for (const detect::LimitHit& limit : trial.limits) {
    out << fmt::format("  undecided from byte {} on: the pattern ran into its limit of work\n",
                       limit.offset);
  }
  if (trial.matches.empty() && trial.limits.empty()) {
    if (rule.anchors.empty()) {
      out << "  no match\n";
    } else {
      out << (trial.anchor_stands
                  ? "  no match: an anchor stands in the text, but the pattern does not match\n"
                  : "  no match: none of the rule's anchors stands in the text\n");
    }
  }
  return found;
}

int run(const Options& options, Io& io) {
  const auto refuse = [&](const Error& error) {
    // Errors of patterns have lines: the pattern, and a caret below the place.
    io.err << "spillguard rules: ";
    for (const std::string_view line : split(error.message, '\n')) {
      io.err << for_terminal(line) << '\n';
    }
    return kExitError;
  };
  const auto rules = chosen(options);
  if (!rules) {
    return refuse(rules.error());
  }
  const auto text = text_of(options, io.in);
  if (!text) {
    return refuse(text.error());
  }
  bool found = false;
  for (const detect::Rule& rule : *rules) {
    const auto trial = try_rule(rule, *text);
    if (!trial) {
      return refuse(trial.error());
    }
    found = print(rule, *trial, *text, options.clear, io.out) || found;
  }
  return found ? kExitFindings : kExitNothing;
}

}  // namespace
}  // namespace rules_trial

void add_rules_trial(CommandLine& line) {
  namespace own = rules_trial;
  const auto options = std::make_shared<own::Options>();  // shared with the runner
  declare_rule_options(line, options->rules);
  line.positional("RULE", options->rule, "A rule's name, a file of rules, or --java's pattern");
  line.optional_positional("TEXT", options->text, "The text; - or nothing is the standard input");
  line.option("--file", options->file, "A file with the text");
  line.flag("--clear", options->clear, "Show secrets in clear");
  line.flag("--java", options->java, "RULE is a pattern in the syntax of java.util.regex");
  line.option("--flags", options->flags, "Its flags, letters of idmsuxU");
  line.run([options](Io& io) { return own::run(*options, io); });
}

}  // namespace spillguard::cli
