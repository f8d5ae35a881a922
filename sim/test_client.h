// For tests: calls the handlers without sockets and reads the answers.
#pragma once

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <functional>
#include <string>
#include <string_view>

#include "base/encoding.h"
#include "base/strings.h"
#include "http/message.h"
#include "sim/jira_api.h"
#include "sim/wiki_api.h"

namespace spillguard::sim::testing {

namespace bj = boost::json;

inline http::Request make_request(std::string_view method, std::string_view target,
                                  std::string_view user) {
  http::Request request;
  request.method = std::string(method);
  request.raw_target = std::string(target);
  const auto mark = target.find('?');
  for (const auto segment :
       split(target.substr(1, mark == std::string_view::npos ? mark : mark - 1), '/')) {
    request.segments.push_back(*percent_decode(segment));
    request.path += "/" + request.segments.back();
  }
  if (mark != std::string_view::npos) {
    for (const auto pair : split(target.substr(mark + 1), '&')) {
      const auto equals = pair.find('=');
      request.query.emplace_back(
          *percent_decode(pair.substr(0, equals), true),
          equals == std::string_view::npos ? "" : *percent_decode(pair.substr(equals + 1), true));
    }
  }
  request.headers.add("User-Agent", "test");
  if (!user.empty())
    request.headers.add("Authorization",
                        "Basic " + base64_encode(std::string(user) + ":" + std::string(user)));
  return request;
}

inline bj::value parsed(const http::Response& response) {
  boost::system::error_code error;
  auto value = bj::parse(response.body, error);
  EXPECT_FALSE(error) << error.message() << " in " << response.body.substr(0, 400);
  return value;
}

// Both products with little content.
struct World {
  explicit World(JiraSiteOptions jira_options = {}, WikiSiteOptions wiki_options = {}) {
    jira_options.base_url = "http://localhost:1/jira";
    wiki_options.base_url = "http://localhost:2/confluence";
    wiki_options.context = "/confluence";
    jira_site = *JiraSite::build(jira_options);
    wiki_site = *WikiSite::build(wiki_options);
    jira_auth = std::make_unique<Auth>(
        AuthOptions{.product = Product::kJira, .context = "/jira", .captcha_after = 3});
    wiki_auth = std::make_unique<Auth>(
        AuthOptions{.product = Product::kConfluence, .context = "/confluence", .captcha_after = 3});
    jira = std::make_unique<JiraApi>(*jira_site, *jira_auth, JiraApiOptions{});
    wiki = std::make_unique<WikiApi>(*wiki_site, *wiki_auth, WikiApiOptions{});
  }

  // target without the context path
  http::Response jira_get(std::string_view target, std::string_view user = "scanner") const {
    return jira->handle(make_request("GET", "/jira" + std::string(target), user));
  }
  http::Response jira_search(std::string_view body, std::string_view user = "scanner") const {
    auto request = make_request("POST", "/jira/rest/api/2/search", user);
    request.headers.add("Content-Type", "application/json");
    request.body = std::string(body);
    return jira->handle(request);
  }
  http::Response wiki_get(std::string_view target, std::string_view user = "scanner") const {
    return wiki->handle(make_request("GET", "/confluence" + std::string(target), user));
  }

  std::unique_ptr<JiraSite> jira_site;
  std::unique_ptr<WikiSite> wiki_site;
  std::unique_ptr<Auth> jira_auth;
  std::unique_ptr<Auth> wiki_auth;
  std::unique_ptr<JiraApi> jira;
  std::unique_ptr<WikiApi> wiki;
};

inline World small_world() {
  return World({.issues = 120, .plants_per_kind = 8},
               {.amounts = {.spaces = 3, .pages = 40, .blogs = 12, .max_versions = 5},
                .plants_per_kind = 8});
}

inline std::string text(const bj::value& value) {
  return value.is_string() ? std::string(value.get_string()) : std::string();
}

}  // namespace spillguard::sim::testing
