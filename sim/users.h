// The people of the simulated instances, what they may do, and their passwords.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace spillguard::sim {

struct User {
  std::string_view name;
  std::string_view display_name;
  std::string_view jira_key;        // "JIRAUSER10100"
  std::string_view confluence_key;  // 32 hex digits
  std::string_view time_zone;
  bool product_admin = false;  // Jira system administrator, Confluence administrator
  bool can_edit = false;
  size_t readable_scopes = 0;      // may read the first so many projects and spaces
  size_t administered_scopes = 0;  // and administers the first so many
  bool can_log_in = true;          // the password is the name, the token "sim-token-" + name
};

// Those who may log in come first, then authors that only appear in the content.
const std::array<User, 13>& all_users();
const User* find_user(std::string_view name);

// Permissions; nullptr is the anonymous caller. `scope` is the place of the project or space in the
// list, counted from 0; `anonymous_scopes`: how many of them are open to everybody.
bool may_read(const User* user, size_t scope, size_t anonymous_scopes);
bool may_administer(const User* user, size_t scope);

}  // namespace spillguard::sim
