#include "http/curl_pool.h"

#include "http/curl_library.h"

namespace spillguard::http {

void CurlHandleCloser::operator()(void* handle) const { curl().easy_cleanup(handle); }

CurlHandle CurlPool::take(const std::string& origin) {
  {
    const std::lock_guard lock(mutex_);
    for (auto idle = idle_.begin(); idle != idle_.end(); ++idle) {
      if (idle->first != origin) continue;
      CurlHandle handle = std::move(idle->second);
      idle_.erase(idle);
      return handle;
    }
  }
  return CurlHandle(curl().easy_init());
}

void CurlPool::give_back(const std::string& origin, CurlHandle handle) {
  curl().easy_reset(handle.get());
  CurlHandle oldest;  // declared before the lock: it closes after the lock is free
  const std::lock_guard lock(mutex_);
  idle_.emplace_front(origin, std::move(handle));
  if (idle_.size() <= max_idle_) return;
  oldest = std::move(idle_.back().second);
  idle_.pop_back();
}

}  // namespace spillguard::http
