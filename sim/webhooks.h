// Registered webhooks of both products, and a thread that delivers what happens: once each, or as
// badly as the fault plan says. Thread-safe.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/time.h"
#include "http/client.h"
#include "sim/auth.h"
#include "sim/fault_plan.h"

namespace spillguard::sim {

struct Webhook {
  int64_t id = 0;
  Product product = Product::kJira;
  std::string name;
  std::string url;
  std::vector<std::string> events;
  std::string secret;       // "" = unsigned
  std::string filter_json;  // Jira up to 9: "filters", kept as it came
  std::string configuration_json = "{}";
  bool exclude_body = false;
  bool active = true;
  std::string user;  // who registered it
  TimeMs created = 0;
  TimeMs updated = 0;
  // The last delivery: event, status (0 = no answer), body.
  std::string last_event;
  int last_status = 0;
  std::string last_body;
};

// What goes out for one thing that happened.
struct WebhookEvent {
  Product product = Product::kJira;
  std::string event;
  std::string body;
};

class Webhooks {
 public:
  explicit Webhooks(Clock clock = now_ms);
  ~Webhooks();
  Webhooks(const Webhooks&) = delete;
  Webhooks& operator=(const Webhooks&) = delete;

  Webhook add(Webhook hook);
  [[nodiscard]] std::vector<Webhook> list(Product product) const;
  [[nodiscard]] std::optional<Webhook> find(Product product, int64_t id) const;
  // False when there is none of that id.
  bool update(const Webhook& hook);
  bool remove(Product product, int64_t id);
  [[nodiscard]] bool any(Product product) const;

  void set_plan(const WebhookPlan& plan, uint64_t seed);
  // Puts it in the queue of every webhook that wants it.
  void publish(const WebhookEvent& event);
  // What is late goes out now; returns when everything was sent.
  void deliver_all();

  struct Counts {
    uint64_t registered = 0;
    uint64_t sent = 0;
    uint64_t failed = 0;
    uint64_t lost = 0;
    uint64_t doubled = 0;
    uint64_t late = 0;
  };
  [[nodiscard]] Counts counts() const;

 private:
  struct Delivery {
    int64_t due = 0;  // by the monotonic clock
    uint64_t order = 0;
    int64_t hook = 0;
    Product product = Product::kJira;
    std::string event;
    std::string body;
  };

  void run();
  void send(const Delivery& delivery);

  Clock clock_;
  http::Client client_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable idle_;
  std::vector<Webhook> hooks_;
  std::vector<Delivery> queue_;
  std::optional<Delivery> held_;  // waits for the next one to go first
  WebhookPlan plan_;
  uint64_t seed_ = 1;
  uint64_t number_ = 0;
  int64_t next_id_ = 1;
  Counts counts_;
  bool hurry_ = false;
  bool sending_ = false;
  bool closing_ = false;
  std::thread sender_;
};

}  // namespace spillguard::sim
