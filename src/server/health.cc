#include "server/health.h"

#include <mutex>

#include "base/metrics.h"
#include "http/router.h"

namespace spillguard::server {
namespace {

// Brings the hosts' own counters up to date in the registry, by what was added since the last time.
class HostMetrics {
 public:
  explicit HostMetrics(std::vector<const hosts::Host*> hosts)
      : hosts_(std::move(hosts)), seen_(hosts_.size()) {}

  void update() {
    const std::lock_guard lock(mutex_);
    for (size_t i = 0; i < hosts_.size(); ++i) {
      const hosts::HostCounters now = hosts_[i]->counters();
      const metrics::Labels labels = {{"site", hosts_[i]->options().name}};
      add("spillguard_host_requests_total", "Requests sent to the host", labels,
          now.requests - seen_[i].requests);
      add("spillguard_host_received_bytes_total", "Bytes received from the host", labels,
          now.bytes - seen_[i].bytes);
      add("spillguard_host_retries_total", "Requests that were sent again", labels,
          now.retries - seen_[i].retries);
      seen_[i] = now;
    }
  }

 private:
  static void add(std::string_view name, std::string_view help, const metrics::Labels& labels,
                  int64_t amount) {
    metrics::counter(name, help, labels).add(static_cast<double>(amount));
  }
  std::mutex mutex_;
  std::vector<const hosts::Host*> hosts_;
  std::vector<hosts::HostCounters> seen_;
};

}  // namespace

Result<std::unique_ptr<HealthServer>> HealthServer::start(const ListenAddress& listen,
                                                          jobs::Queue& queue,
                                                          std::vector<const hosts::Host*> hosts) {
  http::Router router;
  router.add("GET", "/healthz", [&queue](const http::Request&) {
    const auto waiting = queue.count_waiting();
    return waiting ? http::Response::json(200, R"({"status":"ok"})")
                   : http::Response::json(503, R"({"status":"the store does not answer"})");
  });
  auto host_metrics =
      std::make_shared<HostMetrics>(std::move(hosts));  // shared by copies of the handler
  router.add("GET", "/metrics", [host_metrics, &queue](const http::Request&) {
    host_metrics->update();
    if (const auto waiting = queue.count_waiting()) {
      metrics::gauge("spillguard_jobs_waiting", "Scan jobs that wait in the queue")
          .set(static_cast<double>(*waiting));
    }
    return http::Response::text(200, metrics::exposition(),
                                "text/plain; version=0.0.4; charset=utf-8");
  });
  http::ServerOptions options;
  options.name = "health";
  options.address = listen.address;
  options.port = listen.port;
  options.handler_threads = 2;
  auto shared = std::make_shared<http::Router>(std::move(router));
  auto out = std::make_unique<HealthServer>();
  auto server = http::Server::start(std::move(options), [shared](const http::Request& request) {
    return shared->handle(request);
  });
  if (!server) return fail(server.error().context("health listener"));
  out->server_ = std::move(*server);
  return out;
}

}  // namespace spillguard::server
