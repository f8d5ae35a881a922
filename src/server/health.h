// Liveness and metrics on a listener of their own, so that they are never reachable through the
// proxy of the API.
#pragma once

#include <memory>
#include <vector>

#include "hosts/host.h"
#include "http/server.h"
#include "jobs/queue.h"
#include "server/config.h"

namespace spillguard::server {

class HealthServer {
 public:
  // GET /healthz: 200 while the store answers, else 503; GET /metrics: Prometheus' text form. What
  // is passed outlives it.
  static Result<std::unique_ptr<HealthServer>> start(const ListenAddress& listen,
                                                     jobs::Queue& queue,
                                                     std::vector<const hosts::Host*> hosts);

 private:
  std::unique_ptr<http::Server> server_;
};

}  // namespace spillguard::server
