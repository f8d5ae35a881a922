#include "jobs/site_shares.h"

namespace spillguard::jobs {

Status SiteShares::announce(std::string_view site, TimeMs active_until, TimeMs paused_until,
                            bool tell) {
  return database_.write_rows([&](db::Connection& connection) -> Status {
    SG_ASSIGN(auto s,
              connection.prepare("INSERT INTO site_shares (site, instance, active_until, "
                                 "paused_until) VALUES ($1, $2, $3, $4) ON CONFLICT (site, "
                                 "instance) DO UPDATE SET active_until = excluded.active_until, "
                                 "paused_until = excluded.paused_until"));
    SG_TRY(s->bind(1, site).bind(2, instance_).bind(3, active_until).bind(4, paused_until).run());
    if (tell) connection.notify(kTopic);
    return {};
  });
}

Result<OtherNodes> SiteShares::others(std::string_view site) {
  OtherNodes out;
  SG_TRY(database_.read([&](db::Connection& connection) -> Status {
    SG_ASSIGN(auto s,
              connection.prepare("SELECT count(*), coalesce(max(paused_until), 0) FROM site_shares "
                                 "WHERE site = $1 AND instance <> $2 AND active_until > $3"));
    SG_ASSIGN(const bool found, s->bind(1, site).bind(2, instance_).bind(3, clock_()).step());
    if (!found) return {};
    out.asking = static_cast<int>(s->integer(0));
    out.paused_until = s->integer(1);
    return {};
  }));
  return out;
}

Status SiteShares::leave() {
  return database_.write_rows([&](db::Connection& connection) -> Status {
    SG_ASSIGN(auto s, connection.prepare("DELETE FROM site_shares WHERE instance = $1 OR "
                                         "active_until < $2"));
    constexpr int64_t kKeptMs = 3'600'000;  // of nodes that went without a word
    SG_TRY(s->bind(1, instance_).bind(2, clock_() - kKeptMs).run());
    connection.notify(kTopic);
    return {};
  });
}

}  // namespace spillguard::jobs
