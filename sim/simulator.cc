#include "sim/simulator.h"

#include <fmt/format.h>

#include <atomic>
#include <utility>

#include "base/file.h"
#include "base/json_writer.h"
#include "http/server.h"
#include "sim/churn.h"
#include "sim/churn_driver.h"
#include "sim/control.h"
#include "sim/errors.h"
#include "sim/extras.h"
#include "sim/fault_gate.h"
#include "sim/fault_plan.h"
#include "sim/jira_api.h"
#include "sim/manifest.h"
#include "sim/webhook_bodies.h"
#include "sim/webhooks.h"
#include "sim/wiki_api.h"

namespace spillguard::sim {
namespace {

http::ServerOptions server_options(const Options& options, std::string name, uint16_t port) {
  http::ServerOptions server;
  server.name = std::move(name);
  server.address = options.address;
  server.port = port;
  server.handler_threads = options.threads;
  return server;
}

AuthOptions auth_options(const Options& options, Product product, const std::string& context) {
  return {.product = product,
          .context = context,
          .captcha_after = options.captcha_after,
          .rate_bucket = options.rate_bucket,
          .rate_fill = options.rate_fill,
          .rate_status = options.rate_status,
          .basic_auth = options.basic_auth};
}

// Both products' scopes that a random plan may take away for a while: not the first ones, so that
// there is always something to read.
std::vector<std::string> scopes_to_lose(const JiraSite& jira, const WikiSite& wiki) {
  std::vector<std::string> keys;
  for (size_t i = 1; i < jira.projects().size(); ++i) keys.push_back(jira.projects()[i].key);
  for (size_t i = 1; i < wiki.spaces().size(); ++i) keys.push_back(wiki.spaces()[i].key);
  return keys;
}

}  // namespace

struct Simulator::State {
  std::string jira_url;
  std::string confluence_url;
  std::string summary;
  std::unique_ptr<Auth> jira_auth;
  std::unique_ptr<Auth> wiki_auth;
  std::unique_ptr<JiraSite> jira_site;
  std::unique_ptr<WikiSite> wiki_site;
  std::unique_ptr<JiraApi> jira_api;
  std::unique_ptr<WikiApi> wiki_api;
  std::unique_ptr<Webhooks> webhooks;
  std::unique_ptr<Churn> churn;
  std::unique_ptr<FaultGate> jira_gate;
  std::unique_ptr<FaultGate> wiki_gate;
  std::unique_ptr<ChurnDriver> driver;
  std::unique_ptr<Control> control;
  // Null until the content is there.
  std::atomic<bool> ready{false};
  // Last, so that the servers stop before what they serve goes away.
  std::unique_ptr<http::Server> jira_server;
  std::unique_ptr<http::Server> wiki_server;

  [[nodiscard]] http::Response answer(const http::Request& request,
                                      const std::unique_ptr<FaultGate>& gate) {
    if (!ready.load(std::memory_order_acquire))
      return http::Response::json(503, R"({"state":"STARTING"})");
    if (request.path.starts_with(kControlPath)) return control->handle(request);
    return gate->serve(request);
  }

  Status listen(const Options& options) {
    SG_ASSIGN(jira_server, http::Server::start(server_options(options, "jira", options.jira_port),
                                               [this](const http::Request& request) {
                                                 return answer(request, jira_gate);
                                               }));
    SG_ASSIGN(wiki_server,
              http::Server::start(
                  server_options(options, "confluence", options.confluence_port),
                  [this](const http::Request& request) { return answer(request, wiki_gate); }));
    jira_url =
        fmt::format("http://{}:{}{}", options.address, jira_server->port(), options.jira_context);
    confluence_url = fmt::format("http://{}:{}{}", options.address, wiki_server->port(),
                                 options.confluence_context);
    return {};
  }

  Status build(const Options& options) {
    const bool loads = !options.data_dir.empty();
    SG_ASSIGN(jira_site,
              JiraSite::build(
                  {.seed = options.seed,
                   .base_url = options.jira_base_url.empty() ? jira_url : options.jira_base_url,
                   .projects = options.projects,
                   .issues = options.issues,
                   .data_file = loads ? options.data_dir + "/jira-issues.jsonl.gz" : std::string(),
                   .plants_per_kind = options.plants_per_kind,
                   .may_change = options.extras > 0 || options.churn > 0 || options.random_faults ||
                                 !options.fault_plan_file.empty()}));
    SG_ASSIGN(wiki_site,
              WikiSite::build(
                  {.seed = options.seed,
                   .base_url = options.confluence_base_url.empty() ? confluence_url
                                                                   : options.confluence_base_url,
                   .context = options.confluence_context,
                   .amounts = {.spaces = options.spaces,
                               .pages = options.pages,
                               .blogs = options.blogs,
                               .max_versions = options.max_versions},
                   .data_file = loads ? options.data_dir + "/wiki-pages.jsonl.gz" : std::string(),
                   .plants_per_kind = options.plants_per_kind}));
    if (loads) {
      SG_TRY(add_real_files(*jira_site, options.data_dir + "/jira-attachments.tar"));
    }
    add_jira_extras(*jira_site, options.seed, options.extras);
    add_wiki_extras(*wiki_site, options.seed, options.extras);
    webhooks = std::make_unique<Webhooks>();
    jira_auth = std::make_unique<Auth>(auth_options(options, Product::kJira, options.jira_context));
    wiki_auth = std::make_unique<Auth>(
        auth_options(options, Product::kConfluence, options.confluence_context));
    jira_api =
        std::make_unique<JiraApi>(*jira_site, *jira_auth,
                                  JiraApiOptions{.context = options.jira_context,
                                                 .page_cap = options.page_cap,
                                                 .anonymous_scopes = options.anonymous_scopes,
                                                 .version = options.jira_version,
                                                 .webhooks = webhooks.get()});
    wiki_api =
        std::make_unique<WikiApi>(*wiki_site, *wiki_auth,
                                  WikiApiOptions{.context = options.confluence_context,
                                                 .anonymous_scopes = options.anonymous_scopes,
                                                 .webhooks = webhooks.get()});
    build_disturbances(options);
    if (!options.fault_plan_file.empty()) {
      SG_ASSIGN(const auto text, read_file(options.fault_plan_file));
      SG_ASSIGN(const auto plan, parse_fault_plan(text));
      control->set_plan(plan);
    } else if (options.random_faults) {
      control->set_plan(
          random_fault_plan(options.fault_seed, scopes_to_lose(*jira_site, *wiki_site)));
    }
    return {};
  }

  void build_disturbances(const Options& options) {
    churn = std::make_unique<Churn>(
        *jira_site, *wiki_site, ChurnOptions{.seed = options.seed},
        [this](const ChangeDone& change) {
          const bool of_jira = change.product == "jira";
          if (!webhooks->any(of_jira ? Product::kJira : Product::kConfluence)) return;
          for (const auto& event : events_of(change, *jira_site)) webhooks->publish(event);
        });
    driver = std::make_unique<ChurnDriver>(*churn);
    const auto hooks = [this](http::Handler handler) {
      return GateHooks{.answer = std::move(handler),
                       .touch = [this] { churn->touch(); },
                       .after = [this](uint64_t /*number*/) { driver->on_request(); }};
    };
    jira_gate = std::make_unique<FaultGate>(
        Product::kJira,
        hooks([this](const http::Request& request) { return jira_api->handle(request); }));
    wiki_gate = std::make_unique<FaultGate>(
        Product::kConfluence,
        hooks([this](const http::Request& request) { return wiki_api->handle(request); }));
    control = std::make_unique<Control>(ControlTargets{.jira = *jira_site,
                                                       .wiki = *wiki_site,
                                                       .jira_auth = *jira_auth,
                                                       .wiki_auth = *wiki_auth,
                                                       .jira_gate = *jira_gate,
                                                       .wiki_gate = *wiki_gate,
                                                       .churn = *churn,
                                                       .driver = *driver,
                                                       .webhooks = *webhooks});
  }

  Status write_files(const Options& options) {
    if (!options.manifest_file.empty()) {
      SG_TRY(write_file_atomically(options.manifest_file, manifest_text(*jira_site, *wiki_site)));
    }
    if (!options.counts_file.empty()) {
      SG_TRY(write_file_atomically(options.counts_file, counts_text(*jira_site, *wiki_site)));
    }
    return {};
  }

  [[nodiscard]] std::string ready_text() const {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    json.field("jiraPort", static_cast<int64_t>(jira_server->port()));
    json.field("confluencePort", static_cast<int64_t>(wiki_server->port()));
    json.field("jiraBaseUrl", jira_url);
    json.field("confluenceBaseUrl", confluence_url);
    json.end_object();
    return out + "\n";
  }

  // Before anybody may change the sites.
  void summarize() {
    uint64_t plants = wiki_site->plants().size();
    jira_site->for_each_plant([&](const ManifestLine& /*line*/) { ++plants; });
    summary =
        fmt::format("ready jira={} confluence={} issues={} pages={} plants={}", jira_url,
                    confluence_url, jira_site->records().size(), wiki_site->pages().size(), plants);
  }
};

Simulator::Simulator(std::unique_ptr<State> state) : state_(std::move(state)) {}
Simulator::~Simulator() = default;

Result<std::unique_ptr<Simulator>> Simulator::start(const Options& options) {
  auto state = std::make_unique<State>();
  SG_TRY(state->listen(options));
  SG_TRY(state->build(options));
  SG_TRY(state->write_files(options));
  state->summarize();
  if (options.churn > 0) state->driver->start({.per_second = options.churn});
  state->ready.store(true, std::memory_order_release);
  if (!options.ready_file.empty())
    SG_TRY(write_file_atomically(options.ready_file, state->ready_text()));
  return std::unique_ptr<Simulator>(new Simulator(std::move(state)));
}

const std::string& Simulator::jira_url() const { return state_->jira_url; }
const std::string& Simulator::confluence_url() const { return state_->confluence_url; }

const std::string& Simulator::summary() const { return state_->summary; }

}  // namespace spillguard::sim
