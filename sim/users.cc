#include "sim/users.h"

#include <limits>

namespace spillguard::sim {
namespace {

constexpr size_t kAll = std::numeric_limits<size_t>::max();

User author(std::string_view name, std::string_view display_name, std::string_view jira_key,
            std::string_view confluence_key) {
  return {.name = name,
          .display_name = display_name,
          .jira_key = jira_key,
          .confluence_key = confluence_key,
          .time_zone = "Etc/UTC",
          .can_log_in = false};
}

}  // namespace

const std::array<User, 13>& all_users() {
  static const std::array<User, 13> users = {{
      {.name = "admin",
       .display_name = "Ada Admin",
       .jira_key = "JIRAUSER10000",
       .confluence_key = "2c9280839e460b0f019e460ba6440000",
       .time_zone = "Etc/UTC",
       .product_admin = true,
       .can_edit = true,
       .readable_scopes = kAll,
       .administered_scopes = kAll},
      {.name = "scanner",
       .display_name = "Scanner Account",
       .jira_key = "JIRAUSER10001",
       .confluence_key = "2c9280839e460b0f019e460ba6440001",
       .time_zone = "Europe/Berlin",
       .product_admin = true,
       .can_edit = false,
       .readable_scopes = kAll,
       .administered_scopes = kAll},
      {.name = "pat",
       .display_name = "Pat Project",
       .jira_key = "JIRAUSER10002",
       .confluence_key = "2c9280839e460b0f019e460ba6440002",
       .time_zone = "Asia/Kolkata",
       .can_edit = true,
       .readable_scopes = kAll,
       .administered_scopes = 1},
      {.name = "ed",
       .display_name = "Ed Editor",
       .jira_key = "ed",  // accounts from before 2019 keep their name as key
       .confluence_key = "2c9280839e460b0f019e460ba6440003",
       .time_zone = "Etc/UTC",
       .can_edit = true,
       .readable_scopes = kAll},
      {.name = "rita",
       .display_name = "Rita Reader",
       .jira_key = "JIRAUSER10004",
       .confluence_key = "2c9280839e460b0f019e460ba6440004",
       .time_zone = "America/New_York",
       .readable_scopes = 2},
      author("mhuber", "Maria Huber", "JIRAUSER10010", "2c9280839e460b0f019e460ba6440010"),
      author("tanaka", "Kenji Tanaka", "JIRAUSER10011", "2c9280839e460b0f019e460ba6440011"),
      author("osei", "Abena Osei", "JIRAUSER10012", "2c9280839e460b0f019e460ba6440012"),
      author("silva", "João Silva", "JIRAUSER10013", "2c9280839e460b0f019e460ba6440013"),
      author("novak", "Jana Nováková", "JIRAUSER10014", "2c9280839e460b0f019e460ba6440014"),
      author("build.bot", "Build Bot", "JIRAUSER10015", "2c9280839e460b0f019e460ba6440015"),
      author("l@example.org", "Lena Vogt", "JIRAUSER10016", "2c9280839e460b0f019e460ba6440016"),
      author("obrien", "Sean O'Brien", "JIRAUSER10017", "2c9280839e460b0f019e460ba6440017"),
  }};
  return users;
}

const User* find_user(std::string_view name) {
  for (const auto& user : all_users()) {
    if (user.name == name) return &user;
  }
  return nullptr;
}

bool may_read(const User* user, size_t scope, size_t anonymous_scopes) {
  if (scope < anonymous_scopes) return true;
  return user != nullptr && scope < user->readable_scopes;
}

bool may_administer(const User* user, size_t scope) {
  return user != nullptr && scope < user->administered_scopes;
}

}  // namespace spillguard::sim
