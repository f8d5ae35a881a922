// What changed in a space since a watermark, by the search; and reading what is newer than what is
// known, from records of any type. The search goes by the caller's time zone, which no question
// tells, and by dates that are no field of an answer: the overlap is a day and a half, and versions
// decide.
#include <algorithm>
#include <map>
#include <set>

#include "base/json_writer.h"
#include "hosts/confluence_host.h"
#include "hosts/content_reader.h"

namespace spillguard::hosts {

namespace {

constexpr int64_t kZoneOverlapMs = 36LL * 3600 * 1000;
// Content that changes while pages are read moves to the end and draws what follows forward: so
// many records of the page before are read again.
constexpr int64_t kDriftOverlap = 25;

struct ChangeCursor {
  int64_t start = 0;
  int64_t limit = 0;

  static Result<ChangeCursor> parse(const std::string& text) {
    ChangeCursor cursor;
    if (text.empty()) return cursor;
    auto json = Json::parse(text);
    if (!json) return fail(Code::kInvalidArgument, "not a cursor of changes: " + text);
    cursor.start = (*json)["start"].integer();
    cursor.limit = (*json)["limit"].integer();
    return cursor;
  }
  [[nodiscard]] std::string text() const {
    std::string out;
    JsonWriter writer(out);
    writer.begin_object();
    writer.field("start", start);
    writer.field("limit", limit);
    writer.end_object();
    return out;
  }
};

// "2024-05-01 12:34", as CQL takes times.
std::string cql_time(TimeMs time) {
  std::string text = format_iso8601(std::max<TimeMs>(0, time)).substr(0, 16);
  text[10] = ' ';
  return text;
}

// What a listing said of one page or blog post: itself, or what hangs on it.
struct Listed {
  std::string id;
  std::string type;     // the item's
  int64_t version = 0;  // 0 = the item itself was not listed
  TimeMs when = 0;
  std::vector<std::pair<std::string, int64_t>> comments{};
  std::vector<std::pair<std::string, int64_t>> attachments{};
};

// By item, in the order in which they came.
std::vector<Listed> by_item(const std::vector<JsonView>& records) {
  std::vector<Listed> items;
  std::map<std::string, size_t> places;
  for (const JsonView& record : records) {
    const std::string_view type = record["type"].string();
    const bool own = type == "page" || type == "blogpost";
    const JsonView item = own ? record : record["container"];
    const std::string id = item["id"].text();
    const std::string_view item_type = item["type"].string();
    if (id.empty() || (item_type != "page" && item_type != "blogpost")) continue;
    const auto [place, is_new] = places.try_emplace(id, items.size());
    if (is_new) items.push_back({.id = id, .type = std::string(item_type)});
    Listed& listed = items[place->second];
    const int64_t version = ContentVersion::read(record["version"]).number;
    if (own) {
      listed.version = version;
      listed.when = record["version"]["when"].time();
    } else if (type == "comment") {
      listed.comments.emplace_back(record["id"].text(), version);
    } else if (type == "attachment") {
      listed.attachments.emplace_back(record["id"].text(), version);
    }
  }
  return items;
}

bool any_newer(std::string_view kind, const std::vector<std::pair<std::string, int64_t>>& contents,
               const Known& known) {
  return std::any_of(contents.begin(), contents.end(), [&](const auto& content) {
    return content.second > known.highest(std::string(kind) + "/" + content.first);
  });
}

}  // namespace

Status ConfluenceHost::read_newer(const PageRequest& request, const std::vector<JsonView>& records,
                                  bool seen, ItemSink& sink) {
  const std::vector<Listed> items = by_item(records);
  if (items.empty()) return {};
  std::vector<ItemRef> refs(items.size());
  for (size_t i = 0; i < items.size(); ++i) {
    refs[i].id = refs[i].key = items[i].id;
    refs[i].kind = items[i].type == "blogpost" ? ItemKind::kBlogPost : ItemKind::kPage;
    refs[i].scope_id = request.scope.id;
    refs[i].scope_key = request.scope.key;
    refs[i].link = "/pages/viewpage.action?pageId=" + items[i].id;
  }
  std::vector<std::optional<Known>> known(refs.size());
  if (request.known) {
    SG_ASSIGN(known, request.known(refs));
    known.resize(refs.size());
  }
  for (size_t i = 0; i < items.size(); ++i) {
    const Listed& item = items[i];
    const std::string own = item.type + "/" + item.id;
    const bool partly =
        known[i] && known[i]->up_to_date_rules && known[i]->highest && known[i]->highest(own) > 0;
    // A known attachment with a new version takes the place of its old one in the ledger, and a
    // draft is published without a new version: both are read whole.
    const bool replaced =
        partly &&
        ((item.version == known[i]->version && item.version > 0 &&
          item.when != known[i]->updated) ||
         std::any_of(item.attachments.begin(), item.attachments.end(), [&](const auto& content) {
           const int64_t highest = known[i]->highest("attachment/" + content.first);
           return highest > 0 && content.second > highest;
         }));
    if (!partly || replaced) {
      SG_TRY(read_or_report(refs[i], nullptr, sink));
      continue;
    }
    const ContentParts parts{.versions = item.version > known[i]->highest(own),
                             .comments = any_newer("comment", item.comments, *known[i]),
                             .attachments = any_newer("attachment", item.attachments, *known[i])};
    if (seen) {
      for (const auto& [id, version] : item.comments) SG_TRY(sink.on_seen(item.id, "comment", id));
      for (const auto& [id, version] : item.attachments) {
        SG_TRY(sink.on_seen(item.id, "attachment", id));
      }
    }
    if (parts.versions || parts.comments || parts.attachments) {
      SG_TRY(read_or_report(refs[i], &*known[i], sink, parts));
    }
  }
  return {};
}

Result<PageResult> ConfluenceHost::read_changes(const PageRequest& request, ItemSink& sink) {
  SG_ASSIGN(ChangeCursor cursor, ChangeCursor::parse(request.cursor));
  if (cursor.limit <= 0) cursor.limit = options().page_size;
  const std::string cql = "space = " + cql_text(request.scope.key) +
                          " and type in (page,blogpost,comment,attachment) and lastmodified >= \"" +
                          cql_time(request.since - kZoneOverlapMs) + "\" order by lastmodified";
  Result<Answer> answer = fail(Code::kInternal, "not asked");
  while (true) {
    Failure failure;
    answer = transport_.ask({.path = {"rest", "api", "content", "search"},
                             .query = {{"cql", cql},
                                       {"expand", "version,container"},
                                       {"start", std::to_string(cursor.start)},
                                       {"limit", std::to_string(cursor.limit)}},
                             .attempts = cursor.limit > 1 ? 2 : 0,
                             .failure = &failure});
    if (answer) break;
    if (ends_reading(answer.error(), failure) || !failure.smaller || cursor.limit == 1) {
      return fail(std::move(answer).error());
    }
    cursor.limit = std::max<int64_t>(1, cursor.limit / 2);
  }
  const JsonView results = answer->json["results"];
  if (!results.is_array()) return fail(Code::kCorrupt, "the host's search answer has no results");
  std::vector<JsonView> records;
  records.reserve(results.size());
  for (size_t i = 0; i < results.size(); ++i) records.push_back(results.at(i));
  SG_TRY(read_newer(request, records, false, sink));

  PageResult page;
  page.listed = static_cast<int64_t>(records.size());
  const auto received = static_cast<int64_t>(records.size());
  if (received == 0 || !answer->json["_links"]["next"].is_string()) return page;
  cursor.start += std::max<int64_t>(1, received - std::min(kDriftOverlap, received / 2));
  page.next = cursor.text();
  return page;
}

}  // namespace spillguard::hosts
