#include "sim/webhooks.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/crypto.h"
#include "base/encoding.h"
#include "base/threads.h"
#include "sim/random.h"

namespace spillguard::sim {
namespace {

http::ClientOptions sender_options() {
  http::ClientOptions options;
  options.user_agent = "Atlassian HttpClient (simulated)";
  options.connect_timeout_ms = 2'000;
  options.timeout_ms = 5'000;
  options.verify_tls = false;
  return options;
}

}  // namespace

Webhooks::Webhooks(Clock clock) : clock_(std::move(clock)), client_(sender_options()) {
  sender_ = std::thread([this] { run(); });
}

Webhooks::~Webhooks() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  wake_.notify_all();
  sender_.join();
}

Webhook Webhooks::add(Webhook hook) {
  const std::lock_guard lock(mutex_);
  hook.id = next_id_++;
  hook.created = hook.updated = clock_();
  hooks_.push_back(hook);
  return hook;
}

std::vector<Webhook> Webhooks::list(Product product) const {
  const std::lock_guard lock(mutex_);
  std::vector<Webhook> found;
  for (const auto& hook : hooks_) {
    if (hook.product == product) found.push_back(hook);
  }
  return found;
}

std::optional<Webhook> Webhooks::find(Product product, int64_t id) const {
  for (auto& hook : list(product)) {
    if (hook.id == id) return hook;
  }
  return std::nullopt;
}

bool Webhooks::update(const Webhook& hook) {
  const std::lock_guard lock(mutex_);
  for (auto& known : hooks_) {
    if (known.id != hook.id || known.product != hook.product) continue;
    known = hook;
    known.updated = clock_();
    return true;
  }
  return false;
}

bool Webhooks::remove(Product product, int64_t id) {
  const std::lock_guard lock(mutex_);
  return std::erase_if(hooks_, [&](const Webhook& hook) {
           return hook.product == product && hook.id == id;
         }) > 0;
}

bool Webhooks::any(Product product) const {
  const std::lock_guard lock(mutex_);
  return std::any_of(hooks_.begin(), hooks_.end(),
                     [&](const Webhook& hook) { return hook.product == product && hook.active; });
}

void Webhooks::set_plan(const WebhookPlan& plan, uint64_t seed) {
  const std::lock_guard lock(mutex_);
  plan_ = plan;
  seed_ = seed;
  number_ = 0;
}

void Webhooks::publish(const WebhookEvent& event) {
  const std::lock_guard lock(mutex_);
  for (const auto& hook : hooks_) {
    if (hook.product != event.product || !hook.active) continue;
    if (std::find(hook.events.begin(), hook.events.end(), event.event) == hook.events.end())
      continue;
    Random random(seed_, "webhook", number_++);
    if (random.chance(plan_.lost)) {
      ++counts_.lost;
      continue;
    }
    Delivery delivery{.due = monotonic_ms(),
                      .order = number_,
                      .hook = hook.id,
                      .product = hook.product,
                      .event = event.event,
                      .body = hook.exclude_body ? std::string() : event.body};
    if (random.chance(plan_.late)) {
      delivery.due += plan_.late_ms;
      ++counts_.late;
    }
    if (random.chance(plan_.doubled)) {
      ++counts_.doubled;
      queue_.push_back(delivery);
    }
    if (random.chance(plan_.shuffle) && !held_) {
      held_ = std::move(delivery);
      continue;
    }
    queue_.push_back(std::move(delivery));
    if (held_) {
      held_->order = ++number_;
      held_->due = std::max(held_->due, monotonic_ms());
      queue_.push_back(*std::exchange(held_, std::nullopt));
    }
  }
  wake_.notify_all();
}

void Webhooks::deliver_all() {
  std::unique_lock lock(mutex_);
  if (held_) queue_.push_back(*std::exchange(held_, std::nullopt));
  hurry_ = true;
  wake_.notify_all();
  idle_.wait(lock, [&] { return closing_ || (queue_.empty() && !sending_); });
  hurry_ = false;
}

Webhooks::Counts Webhooks::counts() const {
  const std::lock_guard lock(mutex_);
  auto counts = counts_;
  counts.registered = hooks_.size();
  return counts;
}

void Webhooks::run() {
  set_thread_name("webhooks");
  std::unique_lock lock(mutex_);
  while (!closing_) {
    const auto first =
        std::min_element(queue_.begin(), queue_.end(), [](const auto& a, const auto& b) {
          return std::pair(a.due, a.order) < std::pair(b.due, b.order);
        });
    if (first == queue_.end()) {
      idle_.notify_all();
      wake_.wait(lock);
      continue;
    }
    const auto wait = first->due - monotonic_ms();
    if (wait > 0 && !hurry_) {
      wake_.wait_for(lock, std::chrono::milliseconds(wait));
      continue;
    }
    const auto delivery = std::move(*first);
    queue_.erase(first);
    sending_ = true;
    lock.unlock();
    send(delivery);
    lock.lock();
    sending_ = false;
  }
  idle_.notify_all();
}

void Webhooks::send(const Delivery& delivery) {
  const auto hook = find(delivery.product, delivery.hook);
  if (!hook) return;
  http::ClientRequest request;
  request.method = "POST";
  request.url = hook->url;
  request.headers.add("Content-Type", "application/json");
  request.headers.add("X-Event-Key", delivery.event);
  if (!hook->secret.empty()) {
    request.headers.add("X-Hub-Signature",
                        "sha256=" + hex_encode(hmac_sha256(hook->secret, delivery.body)));
  }
  request.body = delivery.body;
  const auto answer = client_.send(request);
  const int status = answer ? answer->status : 0;
  const std::lock_guard lock(mutex_);
  ++(status >= 200 && status < 300 ? counts_.sent : counts_.failed);
  for (auto& known : hooks_) {
    if (known.id != delivery.hook || known.product != delivery.product) continue;
    known.last_event = delivery.event;
    known.last_status = status;
    known.last_body = delivery.body;
  }
}

}  // namespace spillguard::sim
