// Idle libcurl handles by origin, each with its kept connection. Internal to the module.
#pragma once

#include <curl/curl.h>

#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace spillguard::http {

struct CurlCloser {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
  void operator()(char* text) const { curl_free(text); }
};
using CurlHandle = std::unique_ptr<CURL, CurlCloser>;

// Thread-safe. A handle is used by one thread between take() and give_back().
class CurlPool {
 public:
  explicit CurlPool(size_t max_idle) : max_idle_(max_idle) {}

  // A handle that last talked to this origin, or a new one; null when there is no memory.
  CurlHandle take(const std::string& origin) {
    {
      const std::lock_guard lock(mutex_);
      for (auto idle = idle_.begin(); idle != idle_.end(); ++idle) {
        if (idle->first != origin) continue;
        CurlHandle handle = std::move(idle->second);
        idle_.erase(idle);
        return handle;
      }
    }
    return CurlHandle(curl_easy_init());
  }

  void give_back(const std::string& origin, CurlHandle handle) {
    curl_easy_reset(handle.get());  // keeps the connections, forgets everything else
    CurlHandle oldest;              // declared before the lock: it closes after it is free
    const std::lock_guard lock(mutex_);
    idle_.emplace_front(origin, std::move(handle));
    if (idle_.size() <= max_idle_) return;
    oldest = std::move(idle_.back().second);
    idle_.pop_back();
  }

 private:
  const size_t max_idle_;
  std::mutex mutex_;
  std::list<std::pair<std::string, CurlHandle>> idle_;  // the most recently used first
};

}  // namespace spillguard::http
