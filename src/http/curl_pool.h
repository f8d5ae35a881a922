// Idle libcurl handles by origin, each with its kept connection. Internal to the module.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace spillguard::http {

// libcurl's CURL is void; saying so here keeps its header out of ours.
struct CurlHandleCloser {
  void operator()(void* handle) const;
};
using CurlHandle = std::unique_ptr<void, CurlHandleCloser>;

// Thread-safe. A handle is used by one thread between take() and give_back().
class CurlPool {
 public:
  explicit CurlPool(size_t max_idle) : max_idle_(max_idle) {}

  // A handle that last talked to this origin, or a new one; null when there is no memory.
  CurlHandle take(const std::string& origin);
  // Keeps its connections and forgets everything else; closes the oldest idle one when there are
  // too many.
  void give_back(const std::string& origin, CurlHandle handle);

 private:
  const size_t max_idle_;
  std::mutex mutex_;
  std::list<std::pair<std::string, CurlHandle>> idle_;  // the most recently used first
};

}  // namespace spillguard::http
