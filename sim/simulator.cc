#include "sim/simulator.h"

#include <fmt/format.h>

#include <atomic>
#include <utility>

#include "base/file.h"
#include "base/json_writer.h"
#include "http/server.h"
#include "sim/errors.h"
#include "sim/jira_api.h"
#include "sim/manifest.h"
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
          .rate_fill = options.rate_fill};
}

}  // namespace

struct Simulator::State {
  std::string jira_url;
  std::string confluence_url;
  std::unique_ptr<Auth> jira_auth;
  std::unique_ptr<Auth> wiki_auth;
  std::unique_ptr<JiraSite> jira_site;
  std::unique_ptr<WikiSite> wiki_site;
  std::unique_ptr<JiraApi> jira_api;
  std::unique_ptr<WikiApi> wiki_api;
  // Null until the content is there.
  std::atomic<const JiraApi*> jira_ready{nullptr};
  std::atomic<const WikiApi*> wiki_ready{nullptr};
  // Last, so that the servers stop before what they serve goes away.
  std::unique_ptr<http::Server> jira_server;
  std::unique_ptr<http::Server> wiki_server;

  Status listen(const Options& options) {
    SG_ASSIGN(jira_server,
              http::Server::start(server_options(options, "jira", options.jira_port),
                                  [this](const http::Request& request) {
                                    const auto* api = jira_ready.load(std::memory_order_acquire);
                                    if (api != nullptr) return api->handle(request);
                                    return http::Response::json(503, R"({"state":"STARTING"})");
                                  }));
    SG_ASSIGN(wiki_server,
              http::Server::start(server_options(options, "confluence", options.confluence_port),
                                  [this](const http::Request& request) {
                                    const auto* api = wiki_ready.load(std::memory_order_acquire);
                                    if (api != nullptr) return api->handle(request);
                                    return http::Response::json(503, R"({"state":"STARTING"})");
                                  }));
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
                   .plants_per_kind = options.plants_per_kind}));
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
    jira_auth = std::make_unique<Auth>(auth_options(options, Product::kJira, options.jira_context));
    wiki_auth = std::make_unique<Auth>(
        auth_options(options, Product::kConfluence, options.confluence_context));
    jira_api =
        std::make_unique<JiraApi>(*jira_site, *jira_auth,
                                  JiraApiOptions{.context = options.jira_context,
                                                 .page_cap = options.page_cap,
                                                 .anonymous_scopes = options.anonymous_scopes});
    wiki_api =
        std::make_unique<WikiApi>(*wiki_site, *wiki_auth,
                                  WikiApiOptions{.context = options.confluence_context,
                                                 .anonymous_scopes = options.anonymous_scopes});
    return {};
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
};

Simulator::Simulator(std::unique_ptr<State> state) : state_(std::move(state)) {}
Simulator::~Simulator() = default;

Result<std::unique_ptr<Simulator>> Simulator::start(const Options& options) {
  auto state = std::make_unique<State>();
  SG_TRY(state->listen(options));
  SG_TRY(state->build(options));
  SG_TRY(state->write_files(options));
  state->jira_ready.store(state->jira_api.get(), std::memory_order_release);
  state->wiki_ready.store(state->wiki_api.get(), std::memory_order_release);
  if (!options.ready_file.empty())
    SG_TRY(write_file_atomically(options.ready_file, state->ready_text()));
  return std::unique_ptr<Simulator>(new Simulator(std::move(state)));
}

const std::string& Simulator::jira_url() const { return state_->jira_url; }
const std::string& Simulator::confluence_url() const { return state_->confluence_url; }

std::string Simulator::summary() const {
  uint64_t plants = state_->wiki_site->plants().size();
  state_->jira_site->for_each_plant([&](const ManifestLine& /*line*/) { ++plants; });
  return fmt::format("ready jira={} confluence={} issues={} pages={} plants={}", state_->jira_url,
                     state_->confluence_url, state_->jira_site->records().size(),
                     state_->wiki_site->pages().size(), plants);
}

}  // namespace spillguard::sim
