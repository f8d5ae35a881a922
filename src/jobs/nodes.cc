#include "jobs/nodes.h"

#include <chrono>
#include <utility>

#include "base/log.h"
#include "base/threads.h"
#include "jobs/job_rows.h"

namespace spillguard::jobs {
namespace nodes_detail {
namespace {

constexpr std::string_view kPeriodic = "periodic";

Result<std::vector<std::string>> dead_ones(db::Connection& connection, TimeMs before) {
  std::vector<std::string> out;
  SG_ASSIGN(auto s, connection.prepare("SELECT instance FROM nodes WHERE heartbeat < $1"));
  s->bind(1, before);
  while (true) {
    SG_ASSIGN(const bool more, s->step());
    if (!more) return out;
    out.emplace_back(s->text(0));
  }
}

Result<int64_t> bury(db::Connection& connection, TimeMs before, TimeMs now) {
  int64_t jobs = 0;
  SG_ASSIGN(const auto dead, dead_ones(connection, before));
  for (const std::string& instance : dead) {
    SG_ASSIGN(const int64_t freed, recover_owned_by(connection, instance, now));
    jobs += freed;
    SG_ASSIGN(auto s, connection.prepare("DELETE FROM nodes WHERE instance = $1"));
    SG_TRY(s->bind(1, instance).run());
  }
  return jobs;
}

}  // namespace
}  // namespace nodes_detail

Nodes::Nodes(db::Database& database, NodeOptions options, Clock clock)
    : database_(database),
      options_(std::move(options)),
      clock_(std::move(clock)),
      started_(clock_()) {}

Nodes::~Nodes() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard guard(mutex_);
    stopping_ = true;
  }
  change_.notify_all();
  thread_.join();
  if (const auto left = leave(); !left) log::warn("leaving: {}", left.error().message);
}

Result<int64_t> Nodes::beat() {
  namespace own = nodes_detail;
  const int64_t asked = monotonic_ms();
  bool leads = false;
  int64_t jobs = 0;
  SG_TRY(database_.write_rows([&](db::Connection& connection) -> Status {
    const TimeMs now = clock_();
    jobs = 0;
    {
      SG_ASSIGN(auto alive,
                connection.prepare(
                    "INSERT INTO nodes (instance, name, version, started, heartbeat) VALUES ($1, "
                    "$2, $3, $4, $5) ON CONFLICT (instance) DO UPDATE SET name = excluded.name, "
                    "version = excluded.version, started = excluded.started, heartbeat = "
                    "excluded.heartbeat"));
      alive->bind(1, options_.instance).bind(2, options_.name).bind(3, options_.version);
      SG_TRY(alive->bind(4, started_).bind(5, now).run());
    }
    {
      SG_ASSIGN(auto lease,
                connection.prepare(
                    "INSERT INTO leases (name, owner, lease_until) VALUES ($1, $2, $3) ON CONFLICT "
                    "(name) DO UPDATE SET owner = excluded.owner, lease_until = "
                    "excluded.lease_until WHERE leases.owner = excluded.owner OR "
                    "leases.lease_until < $4"));
      lease->bind(1, own::kPeriodic).bind(2, options_.instance).bind(3, now + options_.lease_ms);
      SG_TRY(lease->bind(4, now).run());
      leads = connection.changes() > 0;
    }
    if (!leads) return {};
    SG_ASSIGN(jobs, own::bury(connection, now - options_.dead_ms, now));
    if (jobs > 0) connection.notify("jobs");
    return {};
  }));
  leads_until_ = leads ? asked + options_.lease_ms : 0;
  return jobs;
}

bool Nodes::leads() const { return monotonic_ms() < leads_until_; }

void Nodes::start() {
  thread_ = std::thread([this] { run(); });
}

void Nodes::run() {
  set_thread_name("node-beat");
  bool led = false;
  bool heard = true;
  while (true) {
    const auto jobs = beat();
    if (!jobs && heard) log::warn("this node is not heard: {}", jobs.error().message);
    heard = jobs.has_value();
    if (jobs && *jobs > 0) log::info("{} jobs of nodes that are gone go on", *jobs);
    if (leads() != led) {
      led = !led;
      log::info("the periodic work is {}", led ? "ours" : "another node's");
    }
    std::unique_lock lock(mutex_);
    change_.wait_for(lock, std::chrono::milliseconds(options_.beat_ms), [&] { return stopping_; });
    if (stopping_) return;
  }
}

Status Nodes::leave() {
  return database_.write_rows([&](db::Connection& connection) -> Status {
    {
      SG_ASSIGN(auto s, connection.prepare("DELETE FROM nodes WHERE instance = $1"));
      SG_TRY(s->bind(1, options_.instance).run());
    }
    SG_ASSIGN(auto s, connection.prepare("DELETE FROM leases WHERE owner = $1"));
    return s->bind(1, options_.instance).run();
  });
}

Result<std::vector<Node>> Nodes::list() {
  std::vector<Node> out;
  SG_TRY(database_.read([&](db::Connection& connection) -> Status {
    out.clear();
    SG_ASSIGN(auto s, connection.prepare("SELECT instance, name, version, started, heartbeat FROM "
                                         "nodes WHERE heartbeat >= $1 ORDER BY name, instance"));
    s->bind(1, clock_() - options_.dead_ms);
    while (true) {
      SG_ASSIGN(const bool more, s->step());
      if (!more) return {};
      out.push_back({.instance = std::string(s->text(0)),
                     .name = std::string(s->text(1)),
                     .version = std::string(s->text(2)),
                     .started = s->integer(3),
                     .heartbeat = s->integer(4)});
    }
  }));
  return out;
}

}  // namespace spillguard::jobs
