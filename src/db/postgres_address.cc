#include "db/postgres_address.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "db/pq_library.h"

namespace spillguard::db {
namespace postgres_address_detail {
namespace {

// On this machine: a socket's folder, or a loopback address.
bool is_local(std::string_view host) {
  return host.empty() || host.starts_with('/') || host == "localhost" || host == "127.0.0.1" ||
         host == "::1";
}

std::string_view word(const PostgresAddress& address, std::string_view name) {
  for (const auto& [key, value] : address.words) {
    if (key == name) return value;
  }
  return {};
}

void add_default(PostgresAddress& address, std::string_view name, std::string_view value) {
  if (word(address, name).empty()) address.words.emplace_back(name, value);
}

}  // namespace
}  // namespace postgres_address_detail

Result<PostgresAddress> parse_postgres_address(const PostgresOptions& options) {
  namespace own = postgres_address_detail;
  SG_TRY(load_pq());
  char* why = nullptr;
  PQconninfoOption* const parsed = pq().conninfo_parse(options.url.c_str(), &why);
  // libpq's words would repeat parts of the address, perhaps a password.
  if (why != nullptr) pq().free_memory(why);
  if (parsed == nullptr) {
    return fail(Code::kInvalidArgument,
                "the store's address is not understood: write it as "
                "postgresql://USER@HOST:PORT/DATABASE?sslmode=verify-full");
  }
  PostgresAddress address;
  bool has_password = false;
  for (const PQconninfoOption* option = parsed; option->keyword != nullptr; ++option) {
    if (option->val == nullptr) continue;
    if (std::string_view(option->keyword) == "password") {
      has_password = true;
    } else {
      address.words.emplace_back(option->keyword, option->val);
    }
  }
  pq().conninfo_free(parsed);
  if (has_password) {
    return fail(Code::kInvalidArgument,
                "the store's address holds a password: put it into a file, an environment variable "
                "or a credential and name that beside the address");
  }
  address.password = options.password;

  const std::string hosts(own::word(address, "host"));
  const bool several = hosts.find(',') != std::string::npos;
  if (!own::is_local(hosts)) own::add_default(address, "sslmode", "require");
  // Of several, the one that can be written: after a failover that is another.
  if (several) own::add_default(address, "target_session_attrs", "read-write");
  own::add_default(address, "connect_timeout", "5");
  own::add_default(address, "keepalives_idle", "30");
  own::add_default(address, "keepalives_interval", "10");
  own::add_default(address, "keepalives_count", "3");
  own::add_default(address, "tcp_user_timeout", "30000");
  own::add_default(address, "application_name", "spillguard");
  const std::string_view port = own::word(address, "port");
  const std::string_view database = own::word(address, "dbname");
  address.name = fmt::format("postgresql://{}{}{}/{}", hosts, port.empty() ? "" : ":", port,
                             database.empty() ? own::word(address, "user") : database);
  return address;
}

}  // namespace spillguard::db
