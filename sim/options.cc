#include "sim/options.h"

#include <fmt/format.h>

#include <functional>
#include <limits>
#include <set>
#include <string_view>

#include "base/strings.h"

namespace spillguard::sim {
namespace {

struct Option {
  std::string_view name;
  std::string_view value;  // what it takes, for the help
  std::string_view text;
  std::function<Status(Options&, std::string_view)> set;
};

template <typename Number>
std::function<Status(Options&, std::string_view)> number(Number Options::* member) {
  return [member](Options& options, std::string_view value) -> Status {
    const auto parsed = parse_int(value);
    if (!parsed || *parsed < 0 ||
        static_cast<uint64_t>(*parsed) >
            static_cast<uint64_t>(std::numeric_limits<Number>::max())) {
      return fail(Code::kInvalidArgument, fmt::format("\"{}\" is not a number that fits", value));
    }
    options.*member = static_cast<Number>(*parsed);
    return {};
  };
}

std::function<Status(Options&, std::string_view)> text(std::string Options::* member) {
  return [member](Options& options, std::string_view value) -> Status {
    options.*member = std::string(value);
    return {};
  };
}

std::function<Status(Options&, std::string_view)> context(std::string Options::* member) {
  return [member](Options& options, std::string_view value) -> Status {
    while (value.ends_with('/')) value.remove_suffix(1);
    if (!value.empty() && !value.starts_with('/')) {
      return fail(Code::kInvalidArgument, "a context path begins with \"/\" or is empty");
    }
    options.*member = std::string(value);
    return {};
  };
}

Status set_faults(Options& options, std::string_view value) {
  options.random_faults = true;
  return number(&Options::fault_seed)(options, value);
}

Status set_churn(Options& options, std::string_view value) {
  if (value.ends_with("/s")) value.remove_suffix(2);
  return number(&Options::churn)(options, value);
}

Status set_jira_version(Options& options, std::string_view value) {
  if (value != "9" && value != "10") return fail(Code::kInvalidArgument, "expected 9 or 10");
  options.jira_version = value == "9" ? 9 : 10;
  return {};
}

Status set_basic_auth(Options& options, std::string_view value) {
  const auto on = parse_bool(value);
  if (!on && value != "on" && value != "off")
    return fail(Code::kInvalidArgument, "expected on or off");
  options.basic_auth = on.value_or(value == "on");
  return {};
}

Status set_rate_limit(Options& options, std::string_view value) {
  const auto parts = split(value, '/');
  const auto bucket = parse_int(parts[0]);
  const auto fill = parts.size() == 2 ? parse_int(parts[1]) : std::nullopt;
  if (!bucket || !fill || *bucket < 1 || *fill < 1) {
    return fail(Code::kInvalidArgument, "expected BUCKET/FILL, for example 70/5");
  }
  options.rate_bucket = static_cast<uint64_t>(*bucket);
  options.rate_fill = static_cast<uint64_t>(*fill);
  return {};
}

const std::vector<Option>& table() {
  static const std::vector<Option> options = {
      {"jira-port", "N", "port of Jira, 0 = any free one", number(&Options::jira_port)},
      {"confluence-port", "N", "port of Confluence, 0 = any free one",
       number(&Options::confluence_port)},
      {"address", "IP", "where to listen", text(&Options::address)},
      {"seed", "N", "the same seed makes the same content", number(&Options::seed)},
      {"projects", "N", "generated projects", number(&Options::projects)},
      {"issues", "N", "generated issues, of all projects together", number(&Options::issues)},
      {"spaces", "N", "generated spaces; the second is personal", number(&Options::spaces)},
      {"pages", "N", "generated pages", number(&Options::pages)},
      {"max-versions", "N", "of a generated page", number(&Options::max_versions)},
      {"blogs", "N", "generated blog posts", number(&Options::blogs)},
      {"data", "DIR", "load jira-issues.jsonl.gz and wiki-pages.jsonl.gz from there",
       text(&Options::data_dir)},
      {"plants-per-kind", "N", "planted secrets for each kind of place",
       number(&Options::plants_per_kind)},
      {"extras", "N",
       "of each further kind: archived, trashed, draft, restricted; labels, links, properties",
       number(&Options::extras)},
      {"manifest", "FILE", "write where the secrets are", text(&Options::manifest_file)},
      {"counts", "FILE", "write how many parts of each kind there are",
       text(&Options::counts_file)},
      {"jira-context", "PATH", "context path of Jira", context(&Options::jira_context)},
      {"confluence-context", "PATH", "context path of Confluence",
       context(&Options::confluence_context)},
      {"jira-base-url", "URL", "configured base URL, when links shall show another",
       text(&Options::jira_base_url)},
      {"confluence-base-url", "URL", "the same for Confluence",
       text(&Options::confluence_base_url)},
      {"page-cap", "N", "most issues in one answer of Jira's search", number(&Options::page_cap)},
      {"rate-limit", "BUCKET/FILL",
       "tokens of each user and how many come back a second; off by default", set_rate_limit},
      {"rate-status", "429|403", "what the rate limit answers", number(&Options::rate_status)},
      {"basic-auth", "on|off", "whether user name and password are taken", set_basic_auth},
      {"captcha-after", "N", "failed Basic logins in a row before a user is locked out",
       number(&Options::captcha_after)},
      {"anonymous-scopes", "N", "the first so many projects and spaces are open to everybody",
       number(&Options::anonymous_scopes)},
      {"faults", "SEED", "things go wrong, as that number decides", set_faults},
      {"fault-plan", "FILE", "things go wrong as the file says (JSON)",
       text(&Options::fault_plan_file)},
      {"churn", "N/s", "changes a second while clients read", set_churn},
      {"jira-version", "9|10", "whose webhook registration Jira has", set_jira_version},
      {"threads", "N", "handler threads of each port", number(&Options::threads)},
      {"ready-file", "FILE", "write ports and base URLs there once both ports answer",
       text(&Options::ready_file)},
  };
  return options;
}

Status check(Options& options, const std::set<std::string_view>& given) {
  if (options.page_cap == 0 || options.threads == 0 || options.max_versions == 0) {
    return fail(Code::kInvalidArgument,
                "--page-cap, --threads and --max-versions must be at least 1");
  }
  if (options.rate_status != 429 && options.rate_status != 403)
    return fail(Code::kInvalidArgument, "--rate-status must be 429 or 403");
  if (options.data_dir.empty()) return {};
  if (!given.contains("projects") && !given.contains("issues"))
    options.projects = options.issues = 0;
  if (!given.contains("spaces") && !given.contains("pages"))
    options.spaces = options.pages = options.blogs = 0;
  return {};
}

}  // namespace

Result<Options> parse_options(const std::vector<std::string>& arguments) {
  Options options;
  std::set<std::string_view> given;
  for (size_t i = 0; i < arguments.size(); ++i) {
    std::string_view argument = arguments[i];
    if (argument == "--help" || argument == "-h") {
      options.help = true;
      continue;
    }
    if (!argument.starts_with("--")) {
      return fail(Code::kInvalidArgument, fmt::format("unexpected \"{}\"; see --help", argument));
    }
    argument.remove_prefix(2);
    const auto equals = argument.find('=');
    const auto name = argument.substr(0, equals);
    const Option* option = nullptr;
    for (const auto& known : table()) {
      if (known.name == name) option = &known;
    }
    if (option == nullptr)
      return fail(Code::kInvalidArgument, fmt::format("unknown option --{}; see --help", name));
    if (equals == std::string_view::npos && i + 1 == arguments.size()) {
      return fail(Code::kInvalidArgument, fmt::format("--{} needs {}", name, option->value));
    }
    const std::string_view value = equals == std::string_view::npos
                                       ? std::string_view(arguments[++i])
                                       : argument.substr(equals + 1);
    auto done = option->set(options, value);
    if (!done) return fail(std::move(done).error().context(fmt::format("--{}", name)));
    given.insert(option->name);
  }
  SG_TRY(check(options, given));
  return options;
}

std::string usage() {
  std::string out =
      "spillguard-sim: Jira and Confluence Data Center with made-up or loaded content and planted "
      "secrets\n\n";
  for (const auto& option : table()) {
    out += fmt::format("  {:<28} {}\n", fmt::format("--{} {}", option.name, option.value),
                       option.text);
  }
  return out;
}

}  // namespace spillguard::sim
