// spillguard serve, spillguard check-config
#include <pthread.h>

#include <csignal>
#include <memory>
#include <string>

#include "base/log.h"
#include "cli/commands.h"
#include "server/app.h"
#include "server/config.h"

namespace spillguard::cli {
namespace serve_command {
namespace {

// Blocks the signals that end the server in this thread and all that it starts: only wait() gets
// them.
class EndSignals {
 public:
  EndSignals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    // A peer that hangs up is an error of that connection, not the end of the process.
    std::signal(SIGPIPE, SIG_IGN);
  }
  int wait() {
    int signal = 0;
    sigwait(&set_, &signal);
    return signal;
  }

 private:
  sigset_t set_{};
};

int serve(const std::string& path, Io& io) {
  EndSignals signals;
  auto config = server::load_config(path);
  if (!config) {
    io.err << "spillguard serve: " << config.error().message << '\n';
    return kExitError;
  }
  auto app = server::App::start(std::move(*config));
  if (!app) {
    io.err << "spillguard serve: " << app.error().message << '\n';
    return kExitError;
  }
  log::info("ready");
  log::info("got signal {}", signals.wait());
  app->reset();
  return kExitNothing;
}

int check(const std::string& path, Io& io) {
  const auto config = server::load_config(path);
  if (!config) {
    io.err << "spillguard check-config: " << config.error().message << '\n';
    return kExitError;
  }
  io.out << path << ": good, " << config->sites.size() << " sites\n";
  return kExitNothing;
}

}  // namespace
}  // namespace serve_command

void add_serve(CommandLine& line) {
  const auto path = std::make_shared<std::string>("/etc/spillguard/spillguard.toml");
  line.option("-c,--config", *path, "the configuration file (docs/configuration.md)");
  line.run([path](Io& io) { return serve_command::serve(*path, io); });
}

void add_check_config(CommandLine& line) {
  const auto path = std::make_shared<std::string>("/etc/spillguard/spillguard.toml");
  line.option("-c,--config", *path, "the configuration file");
  line.run([path](Io& io) { return serve_command::check(*path, io); });
}

}  // namespace spillguard::cli
