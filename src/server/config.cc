#include "server/config.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/config.h"
#include "base/file.h"
#include "base/strings.h"
#include "base/threads.h"
#include "server/credentials.h"

namespace spillguard::server {
namespace {

std::string machine_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "node";
}

bool is_http_url(std::string_view url) {
  return starts_with_ignore_case(url, "http://") || starts_with_ignore_case(url, "https://");
}

std::string without_trailing_slashes(std::string url) {
  while (!url.empty() && url.back() == '/') url.pop_back();
  return url;
}

// The credential of the account that scans: user and password, or a token.
Status read_credential(ConfigTable& table, hosts::Credential& credential) {
  credential.user = table.string("user", "");
  SG_ASSIGN(auto password, read_secret(table, "password"));
  SG_ASSIGN(auto token, read_secret(table, "token"));
  if (password.has_value() == token.has_value() || (password && credential.user.empty())) {
    return fail(Code::kInvalidArgument,
                "needs the account that scans: either user with password_file, password_env or "
                "password_credential, or token_file, token_env or token_credential");
  }
  if (password) credential.password = std::move(*password);
  if (token) credential.token = std::move(*token);
  return {};
}

ListenAddress listen_of(ConfigTable& table, const std::string& text) {
  auto parsed = parse_listen(text);
  if (!parsed) table.reject("listen", parsed.error().message);
  return parsed.value_or(ListenAddress{});
}

void read_tls(ConfigTable& table, SiteConfig& site) {
  const std::string mode = table.string("tls", "off");
  site.certificate = table.string("certificate", "");
  site.private_key = table.string("private_key", "");
  if (mode == "optional") {
    site.tls = http::TlsMode::kOptional;
  } else if (mode == "required") {
    site.tls = http::TlsMode::kRequired;
  } else if (mode != "off") {
    table.reject("tls", "must be off, optional or required");
  }
  if (site.tls != http::TlsMode::kOff && (site.certificate.empty() || site.private_key.empty())) {
    table.reject("tls", "needs certificate and private_key (PEM files)");
  }
}

Result<SiteConfig> read_site(ConfigTable& table) {
  SiteConfig site;
  site.name = table.required_string("name");
  const std::string product = table.required_string("product");
  if (product == "confluence") {
    site.host.product = hosts::Product::kConfluence;
  } else if (product != "jira" && !product.empty()) {
    table.reject("product", "must be jira or confluence");
  }
  site.host.name = site.name;
  site.host.base_url = without_trailing_slashes(table.required_string("base_url"));
  if (!site.host.base_url.empty() && !is_http_url(site.host.base_url)) {
    table.reject("base_url", "must start with http:// or https://");
  }
  site.public_url = without_trailing_slashes(table.string("public_url", site.host.base_url));
  site.context_path = without_trailing_slashes(table.string("context_path", ""));
  if (!site.context_path.empty() && site.context_path.front() != '/') {
    table.reject("context_path", "must start with a slash");
  }
  site.listen = listen_of(table, table.required_string("listen"));
  read_tls(table, site);
  site.host.proxy = table.string("proxy", "");
  site.host.ca_file = table.string("ca_file", "");
  site.host.verify_tls = table.boolean("verify_tls", true);
  site.host.timeout_ms = table.integer("timeout_seconds", 60, 1, 3600) * 1000;
  site.host.page_size = static_cast<int>(table.integer("page_size", 1000, 1, 1000));
  site.host.max_concurrency = static_cast<int>(table.integer("max_concurrency", 4, 1, 64));
  site.host.retry.first_delay_ms = table.integer("retry_milliseconds", 500, 1, 60'000);
  site.host.issue_properties = table.boolean("issue_properties", true);
  site.host.remote_links = table.boolean("remote_links", true);
  site.host.drafts = table.boolean("drafts", true);
  site.host.trash = table.boolean("trash", false);
  site.host.refused_pause_ms = table.integer("login_pause_seconds", 30, 0, 3600) * 1000;
  site.webhook_url = without_trailing_slashes(table.string("webhook_url", ""));
  if (!site.webhook_url.empty() && !is_http_url(site.webhook_url)) {
    table.reject("webhook_url", "must start with http:// or https://");
  }
  site.webhook_signed = table.boolean("webhook_signed", false);
  auto quiet = scan::QuietHours::parse(table.string("quiet_hours", ""));
  if (!quiet) table.reject("quiet_hours", quiet.error().message);
  site.quiet = quiet.value_or(scan::QuietHours{});
  if (auto credential = read_credential(table, site.host.credential); !credential) {
    return fail(
        credential.error().context(fmt::format("{}: site '{}'", table.where("name"), site.name)));
  }
  return site;
}

void read_log(ConfigTable table, ServerConfig& config) {
  const auto level = log::parse_level(table.string("level", "info"));
  if (!level) table.reject("level", "must be trace, debug, info, warn, error or off");
  config.log_level = level.value_or(log::Level::kInfo);
  const std::string format = table.string("format", "text");
  if (format == "json") {
    config.log_format = log::Format::kJson;
  } else if (format != "text") {
    table.reject("format", "must be text or json");
  }
}

void read_scan(ConfigTable table, ServerConfig& config) {
  constexpr int64_t kDay = 24 * 3600;
  config.parallel_scans = table.integer("parallel", 2, 0, 256);
  config.job_retry_ms =
      table.integer("retry_milliseconds", jobs::Queue::kFirstBackOffMs, 1, 600'000);
  scan::ScheduleOptions& schedule = config.schedule;
  schedule.enabled = table.boolean("auto", true);
  schedule.changes_ms = table.integer("changes_seconds", 300, 1, kDay) * 1000;
  schedule.reconcile_ms = table.integer("reconcile_seconds", kDay, 1, 366 * kDay) * 1000;
  schedule.scopes_ms = table.integer("new_scopes_seconds", 3600, 1, 366 * kDay) * 1000;
  config.scan_new_scopes = table.boolean("new_scopes", true);
}

void read_attachments(ConfigTable table, scan::AttachmentOptions& options) {
  constexpr uint64_t kMegabyte = uint64_t{1} << 20U;
  const std::string sandbox = table.string("sandbox", "required");
  options.extractor.sandbox_required = sandbox != "best-effort";
  if (sandbox != "required" && sandbox != "best-effort") {
    table.reject("sandbox", "must be required or best-effort");
  }
  options.extractor.helper = table.string("helper", "");
  options.threads = static_cast<size_t>(table.integer(
      "parallel", static_cast<int64_t>(std::min<size_t>(usable_processors(), 4)), 1, 64));
  options.most_bytes =
      kMegabyte * static_cast<uint64_t>(table.integer("max_megabytes", 100, 1, 2000));
  options.limits.input_bytes = std::max(options.limits.input_bytes, options.most_bytes);
  options.limits.window_bytes = 8 * kMegabyte;
  options.limits.ocr = table.boolean("ocr", false);
}

// Several nodes share a PostgreSQL; without a url each has its own SQLite.
Status read_store(ConfigTable table, db::PostgresOptions& store) {
  store.url = table.string("url", "");
  SG_ASSIGN(auto password, read_secret(table, "password"));
  if (password) store.password = std::move(*password);
  const int64_t connections = table.integer("connections", 4, 1, 64);
  store.writers = static_cast<size_t>(connections);
  store.readers = static_cast<size_t>(connections);
  if (!store.url.empty() && !store.url.starts_with("postgresql://") &&
      !store.url.starts_with("postgres://")) {
    table.reject("url", "must be postgresql://USER@HOST:PORT/DATABASE");
  }
  if (store.url.empty() && password) {
    table.reject("password", "belongs to a url, and there is none");
  }
  return {};
}

}  // namespace

Result<ListenAddress> parse_listen(std::string_view text) {
  const size_t colon = text.rfind(':');
  const auto port =
      colon == std::string_view::npos ? std::nullopt : parse_int(text.substr(colon + 1));
  if (!port || *port < 0 || *port > 65535) {
    return fail(Code::kInvalidArgument, "must be ADDRESS:PORT, for example 127.0.0.1:8080");
  }
  std::string_view address = text.substr(0, colon);
  if (address.size() >= 2 && address.front() == '[' && address.back() == ']') {
    address = address.substr(1, address.size() - 2);
  }
  return ListenAddress{std::string(address.empty() ? "0.0.0.0" : address),
                       static_cast<uint16_t>(*port)};
}

Result<ServerConfig> parse_config(std::string_view text, const std::string& origin) {
  SG_ASSIGN(auto root, ConfigTable::parse(text, origin));
  ServerConfig config;
  config.data_dir = without_trailing_slashes(root.required_string("data_dir"));
  config.node = root.string("node", machine_name());
  config.key_file = root.string("key_file", config.data_dir + "/installation.key");
  config.handler_threads = root.integer("handler_threads", 8, 1, 256);
  read_log(root.table("log"), config);
  auto health = root.table("health");
  if (const auto listen = health.string("listen")) config.health = listen_of(health, *listen);
  read_scan(root.table("scan"), config);
  read_attachments(root.table("attachments"), config.attachments);
  SG_TRY(read_store(root.table("store"), config.store));
  std::set<std::string> names;
  for (ConfigTable& table : root.tables("site")) {
    SG_ASSIGN(auto site, read_site(table));
    if (!names.insert(site.name).second) table.reject("name", "two sites have this name");
    config.sites.push_back(std::move(site));
  }
  SG_TRY(root.finish());
  if (config.sites.empty()) {
    return fail(
        Code::kInvalidArgument,
        fmt::format("{}: there is no [[site]]: name at least one Jira or Confluence", origin));
  }
  return config;
}

Result<ServerConfig> load_config(const std::string& path) {
  SG_ASSIGN(const auto text, read_file(path, 16 << 20));
  return parse_config(text, path);
}

}  // namespace spillguard::server
