// Both products together, as the program runs them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/error.h"
#include "sim/options.h"

namespace spillguard::sim {

class Simulator {
 public:
  // Listens at both ports (which answer 503 while the content is made), makes or loads the content,
  // writes manifest, counts and ready file. After that everything is answered.
  static Result<std::unique_ptr<Simulator>> start(const Options& options);
  ~Simulator();

  [[nodiscard]] const std::string& jira_url() const;
  [[nodiscard]] const std::string& confluence_url() const;
  // "ready jira=… confluence=… issues=… pages=… plants=…", as all was before the first change.
  [[nodiscard]] const std::string& summary() const;

 private:
  struct State;
  explicit Simulator(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace spillguard::sim
