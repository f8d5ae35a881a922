// Files compiled into the binary (rules, migrations, the API description). See cmake/SgEmbed.cmake.
#pragma once

#include <span>
#include <string_view>

namespace spillguard::embedded {

// One embedded file; both views live as long as the program.
struct EmbeddedFile {
  std::string_view name;  // base name, for example "aws.toml"
  std::string_view data;
};

std::span<const EmbeddedFile> rule_files();     // rules/*.toml, by name
std::span<const EmbeddedFile> generic_model();  // rules/generic_model.txt alone
// The same rules as tools/make_catalogue.cc wrote them for a quick start; empty in that program.
std::string_view rule_catalogue();
std::span<const EmbeddedFile> openapi_files();        // openapi/*, by name
std::span<const EmbeddedFile> sqlite_migrations();    // migrations/sqlite/*.sql, by name
std::span<const EmbeddedFile> postgres_migrations();  // migrations/postgres/*.sql, by name

}  // namespace spillguard::embedded
