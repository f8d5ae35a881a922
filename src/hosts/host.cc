#include "hosts/host.h"

#include <array>

#include "base/strings.h"
#include "hosts/confluence_host.h"
#include "hosts/jira_host.h"

namespace spillguard::hosts {

namespace {

// Session and single sign-on of the hosts, and the load balancers' names for "this node".
constexpr std::array<std::string_view, 10> kHostCookies = {"JSESSIONID",
                                                           "seraph.rememberme.cookie",
                                                           "seraph.confluence",
                                                           "crowd.token_key",
                                                           "AWSALB",
                                                           "AWSALBCORS",
                                                           "AWSELB",
                                                           "ROUTEID",
                                                           "SERVERID",
                                                           "INGRESSCOOKIE"};
constexpr std::array<std::string_view, 2> kHostCookiePrefixes = {"BIGipServer", "crowd.token_key."};

bool is_host_cookie(std::string_view name) {
  for (const std::string_view known : kHostCookies) {
    if (name == known) return true;
  }
  for (const std::string_view prefix : kHostCookiePrefixes) {
    if (name.starts_with(prefix)) return true;
  }
  return false;
}

}  // namespace

Secret allowed_cookies(std::string_view cookie_header) {
  std::string kept;
  for (const std::string_view part : split(cookie_header, ';')) {
    const std::string_view cookie = trim(part);
    const size_t equals = cookie.find('=');
    if (equals == std::string_view::npos || !is_host_cookie(cookie.substr(0, equals))) continue;
    if (!kept.empty()) kept += "; ";
    kept += cookie;
  }
  return Secret(std::move(kept));
}

Result<std::unique_ptr<Host>> make_host(HostOptions options) {
  const std::string& url = options.base_url;
  if (!url.starts_with("http://") && !url.starts_with("https://")) {
    return fail(Code::kInvalidArgument, "site " + options.name +
                                            ": base_url must start with http:// or https://, it is "
                                            "\"" +
                                            url + "\"");
  }
  if (url.find_first_of("?#@") != std::string::npos) {
    return fail(Code::kInvalidArgument,
                "site " + options.name +
                    ": base_url must hold no query, fragment or credential, only scheme, host, "
                    "port and context path");
  }
  const Credential& credential = options.credential;
  if (credential.token.empty() == credential.user.empty()) {
    return fail(
        Code::kInvalidArgument,
        "site " + options.name + ": give either an access token or a user name with its password");
  }
  if (options.page_size < 1 || options.max_concurrency < 1) {
    return fail(Code::kInvalidArgument,
                "site " + options.name + ": page size and concurrency must be at least 1");
  }
  if (options.product == Product::kJira) {
    return std::unique_ptr<Host>(std::make_unique<JiraHost>(std::move(options)));
  }
  return std::unique_ptr<Host>(std::make_unique<ConfluenceHost>(std::move(options)));
}

}  // namespace spillguard::hosts
