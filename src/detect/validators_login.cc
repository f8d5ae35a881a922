#include "detect/validators_login.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "base/encoding.h"
#include "base/strings.h"
#include "detect/stand_ins.h"

namespace spillguard::detect {
namespace login {
namespace {

constexpr std::array<std::string_view, 25> kRoles = {
    "abuse",      "admin",      "billing",     "compliance", "contact",  "feedback", "help",
    "info",       "hostmaster", "legal",       "marketing",  "noc",      "no-reply", "noreply",
    "postmaster", "privacy",    "root",        "sales",      "security", "spam",     "support",
    "sysadmin",   "tech",       "unsubscribe", "webmaster"};
constexpr std::array<std::string_view, 7> kExampleNames = {"bar",    "demo", "example", "foo",
                                                           "sample", "test", "user"};
constexpr std::array<std::string_view, 3> kExampleDomains = {"example.com", "example.net",
                                                             "example.org"};
constexpr std::array<std::string_view, 4> kExampleEnds = {".example", ".invalid", ".localhost",
                                                          ".test"};

struct Address {
  std::string local;
  std::string domain;
};

Address address_of(const Candidate& candidate) {
  const std::string text = to_lower(candidate.secret_text());
  const size_t at = text.rfind('@');
  if (at == std::string::npos) return {.local = text, .domain = {}};
  // What follows a plus sign sorts a user's mail; it is the user's all the same.
  const std::string local = text.substr(0, at);
  return {.local = local.substr(0, local.find('+')), .domain = text.substr(at + 1)};
}

template <size_t N>
bool holds(const std::array<std::string_view, N>& all, std::string_view word) {
  return std::find(all.begin(), all.end(), word) != all.end();
}

}  // namespace
}  // namespace login

bool basic_credentials(const Candidate& candidate) {
  const auto decoded = base64_decode(candidate.secret_text());
  if (!decoded || !is_valid_utf8(*decoded)) return false;
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  if (std::any_of(decoded->begin(), decoded->end(), control)) return false;
  const size_t colon = decoded->find(':');
  if (colon == std::string::npos) return false;
  const std::string_view user = std::string_view(*decoded).substr(0, colon);
  const std::string_view password = std::string_view(*decoded).substr(colon + 1);
  // Either part may be the token: services take it as user with no password, or the reverse.
  const std::string_view secret = password.empty() ? user : password;
  return !secret.empty() && !is_placeholder(secret) && !is_variable(secret) &&
         !is_password_word(secret);
}

bool email_not_role(const Candidate& candidate) {
  return !login::holds(login::kRoles, login::address_of(candidate).local);
}

bool email_not_example(const Candidate& candidate) {
  const login::Address address = login::address_of(candidate);
  if (login::holds(login::kExampleNames, address.local)) return false;
  return std::none_of(login::kExampleDomains.begin(), login::kExampleDomains.end(),
                      [&](std::string_view domain) {
                        return address.domain == domain ||
                               address.domain.ends_with("." + std::string(domain));
                      }) &&
         std::none_of(login::kExampleEnds.begin(), login::kExampleEnds.end(),
                      [&](std::string_view end) { return address.domain.ends_with(end); });
}

}  // namespace spillguard::detect
