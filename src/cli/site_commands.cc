// spillguard coverage, spillguard webhooks
#include <fmt/format.h>

#include <memory>
#include <string>

#include "base/json_writer.h"
#include "base/time.h"
#include "cli/commands.h"
#include "server/offline.h"

namespace spillguard::cli {
namespace site_commands {
namespace {

struct CoverageOptions {
  std::string config = "/etc/spillguard/spillguard.toml";
  std::string format = "text";
  std::vector<std::string> keys;
};

std::string when(TimeMs time) { return time == 0 ? "never" : format_iso8601(time); }

std::string reasons(const std::map<std::string, int64_t>& by_reason) {
  std::string out;
  for (const auto& [reason, parts] : by_reason) {
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", parts, reason);
  }
  return out.empty() ? "-" : out;
}

void print_kind(const store::KindCoverage& kind, Io& io) {
  io.out << fmt::format("  {:<20} {:>9} {:>9} {:>9} {:>11} {:>13}  {} / {}\n", kind.kind,
                        kind.listed, kind.read, kind.scanned, kind.not_visible, kind.bytes,
                        reasons(kind.skipped), reasons(kind.failed));
}

void print_text(const std::vector<server::ScopeCoverage>& scopes, Io& io) {
  for (const auto& scope : scopes) {
    io.out << fmt::format("{} {} ({}): {}, {} items, scanned {}, listed {}, changes read {}\n",
                          scope.site, scope.scope.key, scope.scope.name,
                          store::scan_state_name(scope.scope.state), scope.items,
                          when(scope.scope.completed_at), when(scope.scope.reconciled_at),
                          when(scope.scope.checked_at));
    if (!scope.scope.error.empty()) io.out << "  error: " << scope.scope.error << '\n';
    if (scope.kinds.empty()) continue;
    io.out << fmt::format("  {:<20} {:>9} {:>9} {:>9} {:>11} {:>13}  {}\n", "parts", "listed",
                          "read", "scanned", "not visible", "bytes", "skipped / failed");
    for (const auto& kind : scope.kinds) print_kind(kind, io);
    print_kind(store::total_of(scope.kinds), io);
  }
}

void write_reasons(JsonWriter& json, std::string_view name,
                   const std::map<std::string, int64_t>& by_reason) {
  json.key(name);
  json.begin_object();
  for (const auto& [reason, parts] : by_reason) json.field(reason, parts);
  json.end_object();
}

// A scope a line.
void print_jsonl(const std::vector<server::ScopeCoverage>& scopes, Io& io) {
  for (const auto& scope : scopes) {
    std::string line;
    JsonWriter json(line);
    json.begin_object();
    json.field("site", scope.site);
    json.field("key", scope.scope.key);
    json.field("name", scope.scope.name);
    json.field("scanState", store::scan_state_name(scope.scope.state));
    json.field("errorMessage", scope.scope.error);
    json.field("items", scope.items);
    json.field("completedAt", when(scope.scope.completed_at));
    json.key("kinds");
    json.begin_array();
    for (const auto& kind : scope.kinds) {
      json.begin_object();
      json.field("kind", kind.kind);
      json.field("listed", kind.listed);
      json.field("read", kind.read);
      json.field("scanned", kind.scanned);
      write_reasons(json, "skipped", kind.skipped);
      write_reasons(json, "failed", kind.failed);
      json.field("notVisible", kind.not_visible);
      json.field("bytes", kind.bytes);
      json.end_object();
    }
    json.end_array();
    json.end_object();
    io.out << line << '\n';
  }
}

int coverage(const CoverageOptions& options, Io& io) {
  const auto refuse = [&](const Error& error) {
    io.err << "spillguard coverage: " << error.message << '\n';
    return kExitError;
  };
  const auto config = server::load_config(options.config);
  if (!config) return refuse(config.error());
  std::vector<server::ScopeCoverage> scopes;
  const std::vector<std::string> keys =
      options.keys.empty() ? std::vector<std::string>{""} : options.keys;
  for (const std::string& key : keys) {
    auto read = server::read_coverage(*config, key);
    if (!read) return refuse(read.error());
    if (read->empty() && !key.empty()) {
      return refuse({Code::kNotFound, "no project or space " + key + " is known"});
    }
    for (auto& scope : *read) scopes.push_back(std::move(scope));
  }
  if (options.format == "jsonl") {
    print_jsonl(scopes, io);
  } else {
    print_text(scopes, io);
  }
  return kExitNothing;
}

int webhooks(const std::string& path, Io& io) {
  const auto config = server::load_config(path);
  const auto hooks = config ? server::webhook_addresses(*config)
                            : Result<std::vector<server::SiteHook>>(fail(config.error()));
  if (!hooks) {
    io.err << "spillguard webhooks: " << hooks.error().message << '\n';
    return kExitError;
  }
  for (const auto& hook : *hooks) {
    io.out << hook.site << "\n  address " << hook.address << "\n  secret  " << hook.secret.reveal()
           << '\n';
  }
  return kExitNothing;
}

}  // namespace
}  // namespace site_commands

void add_coverage(CommandLine& line) {
  const auto options = std::make_shared<site_commands::CoverageOptions>();
  line.options("-k,--key", options->keys,
               "A project or space (may be repeated); all when none is named");
  line.option("-c,--config", options->config, "the configuration file (docs/configuration.md)");
  line.choice("--format", options->format, {"text", "jsonl"}, "Form of the answer");
  line.run([options](Io& io) { return site_commands::coverage(*options, io); });
}

void add_webhooks(CommandLine& line) {
  const auto path = std::make_shared<std::string>("/etc/spillguard/spillguard.toml");
  line.option("-c,--config", *path, "the configuration file (docs/configuration.md)");
  line.run([path](Io& io) { return site_commands::webhooks(*path, io); });
}

}  // namespace spillguard::cli
