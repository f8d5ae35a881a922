#include "db/postgres_listener.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>
#include <vector>

namespace spillguard::db {

std::shared_ptr<void> PostgresListener::add(std::string topic, std::function<void()> heard) {
  auto ear = std::make_shared<Ear>(Ear{std::move(topic), std::move(heard)});
  int64_t id = 0;
  {
    const std::lock_guard guard(mutex_);
    id = next_ear_++;
    ears_.emplace(id, ear);
    if (!thread_.joinable() && ::pipe2(wake_, O_CLOEXEC | O_NONBLOCK) == 0) {
      thread_ = std::thread([this] { run(); });
    } else if (wake_[1] >= 0) {
      (void)!::write(wake_[1], "x", 1);
    }
  }
  return {ear.get(), [ear, id, weak = weak_from_this()](void* /*ear*/) {
            const auto self = weak.lock();
            if (self == nullptr) return;
            {
              const std::lock_guard guard(self->mutex_);
              self->ears_.erase(id);
            }
            const std::lock_guard no_call(self->calling_);  // waits for one that runs
          }};
}

void PostgresListener::stop() {
  {
    const std::lock_guard guard(mutex_);
    stopping_ = true;
    if (wake_[1] >= 0) (void)!::write(wake_[1], "x", 1);
  }
  if (thread_.joinable()) thread_.join();
  for (int& end : wake_) {
    if (end >= 0) ::close(end);
    end = -1;
  }
}

void PostgresListener::tell(const std::string& schema, const std::string& channel) {
  std::vector<std::pair<int64_t, std::shared_ptr<Ear>>> found;
  {
    const std::lock_guard guard(mutex_);
    for (const auto& [id, ear] : ears_) {
      if (channel.empty() || channel_of(schema, ear->topic) == channel) found.emplace_back(id, ear);
    }
  }
  for (const auto& [id, ear] : found) {
    const std::lock_guard call(calling_);
    {
      const std::lock_guard guard(mutex_);
      if (!ears_.contains(id)) continue;
    }
    ear->heard();
  }
}

Result<bool> PostgresListener::subscribe(PostgresConnection& connection) {
  std::set<std::string> topics;
  {
    const std::lock_guard guard(mutex_);
    if (subscribed_ == next_ear_) return false;
    for (const auto& [id, ear] : ears_) topics.insert(ear->topic);
    subscribed_ = next_ear_;
  }
  for (const std::string& topic : topics) {
    SG_TRY(connection.execute("LISTEN \"" + channel_of(connection.schema(), topic) + '"'));
  }
  return true;
}

void PostgresListener::listen_until_lost(PostgresConnection& connection) {
  constexpr int kLookMs = 30'000;  // a connection that broke without a word is found so
  while (true) {
    const auto subscribed = subscribe(connection);
    if (!subscribed) return;
    if (*subscribed) tell(connection.schema(), "");  // what came while nobody listened
    std::array<pollfd, 2> ends = {
        {{.fd = pq().socket(connection.link().get()), .events = POLLIN, .revents = 0},
         {.fd = wake_[0], .events = POLLIN, .revents = 0}}};
    const int ready = ::poll(ends.data(), ends.size(), kLookMs);
    std::array<char, 64> bytes{};
    while (::read(wake_[0], bytes.data(), bytes.size()) > 0) {
    }
    {
      const std::lock_guard guard(mutex_);
      if (stopping_) return;
    }
    if (ready == 0 && !connection.execute("SELECT 1")) return;
    if (pq().consume_input(connection.link().get()) == 0) return;
    std::set<std::string> channels;
    while (PGnotify* const note = pq().notifies(connection.link().get())) {
      channels.insert(note->relname);
      pq().free_memory(note);
    }
    for (const std::string& channel : channels) tell(connection.schema(), channel);
  }
}

void PostgresListener::run() {
  int pause_ms = 50;
  while (true) {
    if (auto connection = PostgresConnection::open(address_)) {
      pause_ms = 50;
      {
        const std::lock_guard guard(mutex_);
        subscribed_ = 0;
      }
      listen_until_lost(**connection);
    }
    pollfd end{.fd = wake_[0], .events = POLLIN, .revents = 0};
    bool stopping = false;
    {
      const std::lock_guard guard(mutex_);
      stopping = stopping_;
    }
    if (stopping) return;
    (void)::poll(&end, 1, pause_ms);
    pause_ms = std::min(pause_ms * 2, 2'000);
  }
}

}  // namespace spillguard::db
