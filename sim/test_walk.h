// For tests: reads everything that a client can read, and counts it.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "sim/test_client.h"

namespace spillguard::sim::testing {

// product, scope, kind → number of parts
using Counted = std::map<std::tuple<std::string, std::string, std::string>, uint64_t>;
// "item/part/content/version" → text of the part
using Texts = std::map<std::string, std::string>;

struct Walk {
  Counted parts;
  std::map<std::pair<std::string, std::string>, uint64_t> items;
  Texts texts;

  void part(const std::string& product, const std::string& scope, const std::string& kind,
            const std::string& place, const std::string& content) {
    if (content.empty()) return;
    ++parts[{product, scope, kind}];
    texts[place] += content + "\n";
  }
};

// All strings of a value, as the ledger walks custom fields.
inline void collect_strings(const bj::value& value, std::string& out) {
  if (value.is_string()) {
    if (!value.get_string().empty()) out += text(value) + "\n";
  } else if (value.is_array()) {
    for (const auto& entry : value.get_array()) collect_strings(entry, out);
  } else if (value.is_object()) {
    for (const auto& [name, entry] : value.get_object()) {
      if (name != "self" && name != "avatarUrls" && name != "iconUrl") collect_strings(entry, out);
    }
  }
}

inline std::string either(const bj::value& item, std::string_view string_name,
                          std::string_view id_name) {
  const auto words = text(item.at(string_name));
  const auto id = text(item.at(id_name));
  if (words.empty() || id.empty() || words == id) return words.empty() ? id : words;
  return words + "\n" + id;
}

inline void walk_issue(const World& world, const bj::value& issue, Walk& walk) {
  const auto key = text(issue.at("key"));
  const auto& fields = issue.at("fields").as_object();
  const auto scope = text(fields.at("project").at("key"));
  ++walk.items[{"jira", scope}];
  for (const auto* name : {"summary", "description", "environment"}) {
    walk.part("jira", scope, name, fmt::format("{}/{}/{}", key, name, name), text(fields.at(name)));
  }
  for (const auto& [name, value] : fields) {
    if (!std::string_view(name).starts_with("customfield_")) continue;
    std::string all;
    collect_strings(value, all);
    walk.part("jira", scope, "custom_field",
              fmt::format("{}/custom_field/{}", key, std::string_view(name)), all);
  }
  for (const auto& comment : fields.at("comment").at("comments").as_array()) {
    walk.part("jira", scope, "comment", key + "/comment/" + text(comment.at("id")),
              text(comment.at("body")));
  }
  const auto worklogs = parsed(world.jira_get("/rest/api/2/issue/" + key + "/worklog"));
  for (const auto& worklog : worklogs.at("worklogs").as_array()) {
    walk.part("jira", scope, "worklog", key + "/worklog/" + text(worklog.at("id")),
              text(worklog.at("comment")));
  }
  for (const auto& attachment : fields.at("attachment").as_array()) {
    walk.part("jira", scope, "attachment", key + "/attachment/" + text(attachment.at("id")),
              text(attachment.at("filename")));
  }
  for (const auto& history : issue.at("changelog").at("histories").as_array()) {
    for (const auto& item : history.at("items").as_array()) {
      const auto name = text(item.at("field"));
      const auto place =
          fmt::format("{}/history/{}", key, name == "Runbook" ? "customfield_10200" : name);
      walk.part("jira", scope, "history", place, either(item, "fromString", "from"));
      walk.part("jira", scope, "history", place, either(item, "toString", "to"));
    }
  }
}

inline void walk_jira(const World& world, Walk& walk) {
  for (size_t start = 0;;) {
    const auto page = parsed(world.jira_search(fmt::format(
        R"({{"jql":"order by id","startAt":{},"maxResults":50,"fields":["*all"],"expand":["changelog"]}})",
        start)));
    const auto& issues = page.at("issues").as_array();
    if (issues.empty()) return;
    for (const auto& issue : issues) walk_issue(world, issue, walk);
    start += issues.size();
  }
}

inline void walk_versions(const World& world, const std::string& id, const std::string& place,
                          const std::function<void(const bj::value&, int64_t)>& take) {
  const auto versions =
      parsed(world.wiki_get("/rest/experimental/content/" + id + "/version?limit=200"));
  for (const auto& version : versions.at("results").as_array()) {
    const auto number = version.at("number").as_int64();
    const auto body = world.wiki_get(
        fmt::format("/rest/api/content/{}?status=historical&version={}&expand=body.storage,version",
                    id, number));
    ASSERT_EQ(body.status, 200) << place;
    take(parsed(body), number);
  }
}

inline void walk_page(const World& world, const std::string& scope, const bj::value& listed,
                      Walk& walk) {
  const auto id = text(listed.at("id"));
  const auto type = text(listed.at("type"));
  ++walk.items[{"confluence", scope}];
  walk_versions(world, id, id, [&](const bj::value& version, int64_t number) {
    walk.part("confluence", scope, "title", fmt::format("{}/title/{}/{}", id, id, number),
              text(version.at("title")));
    walk.part("confluence", scope, type, fmt::format("{}/{}/{}/{}", id, type, id, number),
              text(version.at("body").at("storage").at("value")));
  });
  const auto comments = parsed(world.wiki_get(
      "/rest/api/content/" + id +
      "/child/comment?depth=all&location=inline&location=footer&location=resolved&limit=200"));
  for (const auto& comment : comments.at("results").as_array()) {
    const auto comment_id = text(comment.at("id"));
    walk_versions(world, comment_id, id, [&](const bj::value& version, int64_t number) {
      walk.part("confluence", scope, "comment",
                fmt::format("{}/comment/{}/{}", id, comment_id, number),
                text(version.at("body").at("storage").at("value")));
    });
  }
  const auto attachments =
      parsed(world.wiki_get("/rest/api/content/" + id + "/child/attachment?limit=200"));
  for (const auto& attachment : attachments.at("results").as_array()) {
    walk.part("confluence", scope, "attachment", id + "/attachment/" + text(attachment.at("id")),
              text(attachment.at("title")));
  }
}

inline void walk_wiki(const World& world, Walk& walk) {
  const auto spaces = parsed(world.wiki_get("/rest/api/space?limit=100"));
  for (const auto& space : spaces.at("results").as_array()) {
    const auto key = text(space.at("key"));
    for (const auto* type : {"page", "blogpost"}) {
      for (size_t start = 0;;) {
        const auto list = parsed(
            world.wiki_get(fmt::format("/rest/api/content?type={}&spaceKey={}&start={}&limit=9",
                                       type, percent_encode(key), start)));
        const auto& results = list.at("results").as_array();
        if (results.empty()) break;
        for (const auto& page : results) walk_page(world, key, page, walk);
        start += results.size();
      }
    }
  }
}

// Storage format as it reads: tags away, CDATA and attributes kept, entities decoded.
inline std::string readable_text(std::string storage) {
  const auto replace = [&](std::string_view from, std::string_view to) {
    for (size_t at = storage.find(from); at != std::string::npos;
         at = storage.find(from, at + to.size())) {
      storage.replace(at, from.size(), to);
    }
  };
  replace("<strong>", "");
  replace("</strong>", "");
  replace("&lt;", "<");
  replace("&gt;", ">");
  replace("&quot;", "\"");
  replace("&amp;", "&");
  return storage;
}

inline Counted counted_of(const bj::value& counts) {
  Counted told;
  for (const auto& entry : counts.at("parts").as_array()) {
    told[{text(entry.at("product")), text(entry.at("scope")), text(entry.at("kind"))}] =
        entry.at("parts").to_number<uint64_t>();
  }
  return told;
}

}  // namespace spillguard::sim::testing
