#include "server/app.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <filesystem>

#include "api/api.h"
#include "api/hooks.h"
#include "api/rule_admin.h"
#include "base/file.h"
#include "base/log.h"
#include "base/strings.h"
#include "base/time.h"
#include "db/database.h"
#include "hosts/callers.h"
#include "jobs/nodes.h"
#include "jobs/queue.h"
#include "scan/scheduler.h"
#include "scan/workers.h"
#include "server/credentials.h"
#include "server/health.h"
#include "server/key_rotation.h"
#include "server/open_store.h"
#include "server/rate_sharing.h"
#include "store/live_settings.h"
#include "store/rekey.h"
#include "store/sealed_text.h"
#include "store/store.h"

namespace spillguard::server {
namespace {

constexpr int64_t kGraceMs = 5'000;

store::Product to_store_product(hosts::Product product) {
  return product == hosts::Product::kJira ? store::Product::kJira : store::Product::kConfluence;
}

struct KeyedStore {
  std::unique_ptr<db::Database> database;
  MasterKey key;
};

Result<KeyedStore> open_with_key(const ServerConfig& config) {
  if (is_embedded(config)) {
    SG_ASSIGN(auto key,
              load_installation_key(config.key_file, std::filesystem::exists(store_file(config))));
    SG_ASSIGN(auto database, open_store(config));
    SG_ASSIGN(key, settle_installation_key(config.key_file, std::move(key), *database));
    return KeyedStore{std::move(database), std::move(key)};
  }
  SG_ASSIGN(auto database, open_store(config));
  // What other nodes wrote to hangs on a key, whatever that is: none may be made then.
  SG_ASSIGN(const auto keyed, store::is_key_of(*database, MasterKey::public_key()));
  SG_ASSIGN(auto key, load_installation_key(config.key_file, keyed.has_value()));
  SG_ASSIGN(key, settle_installation_key(config.key_file, std::move(key), *database));
  return KeyedStore{std::move(database), std::move(key)};
}

// Nodes of one name are told from each other by their data folders: whoever holds the lock of one
// is its only process, and what it held before it went down is its own again.
Result<std::string> instance_name(const ServerConfig& config) {
  if (is_embedded(config)) return config.node;
  const std::string path = config.data_dir + "/node.id";
  auto id = read_file(path, 100);
  if (!id && id.error().code != Code::kNotFound) return fail(id.error());
  if (!id) {
    id = random_hex(8);
    SG_TRY(write_file_atomically(path, *id, 0600));
  }
  return fmt::format("{}#{}", config.node, trim(*id));
}

}  // namespace

// Members stand in the order in which they need each other: they go down in reverse.
struct App::State {
  struct Site {
    SiteConfig config;
    hosts::SiteShare share;  // of what the host allows
    std::unique_ptr<hosts::Host> host;
    std::unique_ptr<hosts::Callers> callers;
    std::unique_ptr<api::ApiContext> api;
  };

  State(ServerConfig server_config, FileLock data_lock, MasterKey master_key,
        std::unique_ptr<db::Database> opened, std::string own_instance)
      : config(std::move(server_config)),
        lock(std::move(data_lock)),
        key(std::move(master_key)),
        database(std::move(opened)),
        store(*database),
        instance(std::move(own_instance)),
        queue(*database, instance),
        nodes(*database, {.instance = instance, .name = config.node, .version = SG_VERSION}),
        hints(*database, queue),
        rule_admin(*database, rules, key),
        settings(*database, key, {.parallel_scans = config.parallel_scans}),
        export_gate(static_cast<int>(std::max<int64_t>(1, config.handler_threads / 2))),
        scan{
            .store = store, .queue = queue, .rules = rules, .key = key, .sites = {}, .stop = stop} {
    queue.back_off_from(config.job_retry_ms);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  // Also when starting failed half-way: threads that run by then end by the flag alone.
  ~State() {
    stop.stop();
    ears.clear();
    queue.wake();
    for (auto& listener : listeners) listener->stop(kGraceMs);
    scheduler.reset();
    workers.reset();
  }

  ServerConfig config;
  FileLock lock;
  MasterKey key;
  std::unique_ptr<db::Database> database;
  store::Store store;
  std::string instance;  // this process in the leases of jobs
  jobs::Queue queue;
  jobs::Nodes nodes;
  jobs::HintInbox hints;
  detect::LiveRules rules;
  api::RuleAdmin rule_admin;
  store::LiveSettings settings;
  api::ExportGate export_gate;
  StopFlag stop;
  std::deque<Site> sites;  // a deque: handlers keep references to its elements
  std::unique_ptr<RateSharing> rate_sharing;
  std::unique_ptr<scan::AttachmentReader> attachments;
  scan::ScanContext scan;
  std::unique_ptr<scan::Workers> workers;
  std::unique_ptr<scan::Scheduler> scheduler;
  std::unique_ptr<HealthServer> health;
  std::vector<std::unique_ptr<http::Server>> listeners;
  std::vector<std::shared_ptr<void>> ears;  // for what other nodes change

  Status open_site(SiteConfig site_config);
  Status listen(Site& site);
  // Brings settings of the installation to what runs.
  void follow(const store::NodeSettings& node);
  // Rules and settings that another node changes are ours too, at once.
  void hear_others();
};

Status App::State::open_site(SiteConfig site_config) {
  Site& site = sites.emplace_back();
  site.config = std::move(site_config);
  site.config.host.stop = &stop;
  if (!is_embedded(config)) site.config.host.share = &site.share;
  SG_ASSIGN(site.host, hosts::make_host(site.config.host));
  site.callers = std::make_unique<hosts::Callers>(*site.host, key);
  SG_ASSIGN(const auto row,
            store.ensure_site(site.config.name, to_store_product(site.config.host.product),
                              site.config.host.base_url));
  site.api = std::make_unique<api::ApiContext>(
      api::ApiContext{.site = row,
                      .public_url = site.config.public_url,
                      .context_path = site.config.context_path,
                      .host = *site.host,
                      .callers = *site.callers,
                      .store = store,
                      .queue = queue,
                      .rules = rules,
                      .rule_admin = rule_admin,
                      .settings = settings,
                      .export_gate = export_gate,
                      .key = key,
                      .hints = hints,
                      .node = config.node,
                      .extraction = attachments->version(),
                      .hooks_signed = site.config.webhook_signed,
                      .most_waiting = static_cast<int>(config.handler_threads / 2)});
  scan.sites.push_back({.site = row, .host = site.host.get(), .quiet = site.config.quiet});
  if (!site.config.webhook_url.empty()) {
    scan.sites.back().webhook = {
        .url = site.config.webhook_url + "/" + api::hook_token(key, site.config.name),
        .secret = api::hook_secret(key, site.config.name)};
  }
  return {};
}

void App::State::follow(const store::NodeSettings& node) {
  log::set_override(log::parse_level(node.log_level_override).value_or(log::Level::kWarn));
  const auto& names = node.scanning_nodes;
  const bool scans =
      names.empty() || std::find(names.begin(), names.end(), config.node) != names.end();
  workers->set_parallel(
      node.parallel_scans == 0 ? usable_processors() : static_cast<size_t>(node.parallel_scans),
      scans);
  if (!scans)
    log::warn("this node ({}) is not among the scanning nodes: it takes no scans", config.node);
}

void App::State::hear_others() {
  const auto hear = [this](const char* topic, std::function<Status()> reload) {
    ears.push_back(database->listen(topic, [topic, reload = std::move(reload)] {
      if (const auto done = reload(); !done) {
        log::warn("the {} that another node changed are not loaded: {}", topic,
                  done.error().message);
      }
    }));
  };
  hear("rules", [this] { return rule_admin.reload(); });
  hear("settings", [this] { return settings.reload(); });
}

Status App::State::listen(Site& site) {
  http::ServerOptions options;
  options.name = site.config.name;
  options.address = site.config.listen.address;
  options.port = site.config.listen.port;
  options.tls = site.config.tls;
  options.certificate_file = site.config.certificate;
  options.private_key_file = site.config.private_key;
  options.handler_threads = static_cast<size_t>(config.handler_threads);
  options.access_log = true;
  auto listener = http::Server::start(std::move(options), api::make_api(*site.api));
  if (!listener) return fail(listener.error().context(fmt::format("site '{}'", site.config.name)));
  log::info("site {}: {} at {}, API at {}:{}{}/rest/security/latest", site.config.name,
            store::product_name(site.api->site.product), site.config.host.base_url,
            site.config.listen.address, (*listener)->port(), site.config.context_path);
  listeners.push_back(std::move(*listener));
  return {};
}

Result<std::unique_ptr<App>> App::start(ServerConfig config) {
  log::set_level(config.log_level);
  log::set_format(config.log_format);
  SG_TRY(make_directories(config.data_dir, 0700));
  // Two servers on one embedded store would take each other's scans away.
  auto lock = FileLock::take(config.data_dir + "/spillguard.lock");
  if (!lock) {
    return fail(lock.error().context(
        fmt::format("another spillguard uses the data folder {}", config.data_dir)));
  }
  SG_ASSIGN(auto opened, open_with_key(config));
  auto& [database, key] = opened;
  SG_ASSIGN(auto instance, instance_name(config));
  auto state = std::make_unique<State>(std::move(config), std::move(*lock), std::move(key),
                                       std::move(database), std::move(instance));

  SG_TRY(store::seal_clear_texts(*state->database, state->key));
  const int64_t started = monotonic_ms();
  SG_TRY(state->rule_admin.load());
  SG_TRY(state->settings.load());
  log::info("{} rules ready after {} ms", state->rules.engine()->rules().size(),
            monotonic_ms() - started);

  state->attachments = std::make_unique<scan::AttachmentReader>(
      state->config.attachments, *state->database, state->key, state->stop);
  state->scan.attachments = state->attachments.get();
  for (auto& site : state->config.sites) SG_TRY(state->open_site(std::move(site)));
  // What this node held when it went down is free again at once; its scans go on from their
  // checkpoints.
  SG_ASSIGN(const int64_t released, state->queue.release_own());
  if (released > 0) log::info("{} interrupted scans go on", released);
  // A store of our own needs nobody to agree with, nor a write every two seconds.
  if (!is_embedded(state->config)) {
    std::vector<RateSharing::Site> shared;
    for (auto& site : state->sites) shared.push_back({site.config.name, &site.share});
    state->rate_sharing = std::make_unique<RateSharing>(*state->database, state->instance, shared);
    state->nodes.start();
    state->scan.leads = [nodes = &state->nodes] { return nodes->leads(); };
  }
  state->scan.scan_new_scopes = state->config.scan_new_scopes;
  state->scan.settings = &state->settings;
  state->workers = std::make_unique<scan::Workers>(state->scan, 0);
  state->follow(state->settings.node());
  state->settings.on_node_change(
      [running = state.get()](const store::NodeSettings& node) { running->follow(node); });
  state->hear_others();
  state->scheduler = std::make_unique<scan::Scheduler>(state->scan, state->config.schedule);
  for (auto& site : state->sites) SG_TRY(state->listen(site));
  if (state->config.health.port != 0) {
    std::vector<const hosts::Host*> hosts;
    for (const auto& site : state->sites) hosts.push_back(site.host.get());
    SG_ASSIGN(state->health,
              HealthServer::start(state->config.health, state->queue, std::move(hosts)));
  }
  return std::unique_ptr<App>(new App(std::move(state)));
}

App::App(std::unique_ptr<State> state) : state_(std::move(state)) {}

App::~App() { log::info("stopping"); }

}  // namespace spillguard::server
