// The composition root: from the configuration to running listeners and workers, and down again in
// order.
#pragma once

#include <memory>

#include "base/error.h"
#include "server/config.h"

namespace spillguard::server {

class App {
 public:
  // Opens the store, builds the engine, starts workers and listeners. Errors say what is missing
  // and the way out. Hosts that do not answer now are no error: their scans wait for them.
  static Result<std::unique_ptr<App>> start(ServerConfig config);
  // Stops listeners (running requests end within some seconds), then the workers; scans go on from
  // their checkpoints next time.
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

 private:
  struct State;
  explicit App(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace spillguard::server
