// Walking through a space, pass by pass: its pages, its blog posts, and unless everything is read
// anyway, its comments and attachments by themselves, so that a page of which nothing is new costs
// no question of its own. By /content/scan, which goes by ascending id; where that is missing or
// does not know the type by /content with offsets, or the search.
#include <algorithm>
#include <array>

#include "base/json_writer.h"
#include "base/strings.h"
#include "hosts/confluence_host.h"
#include "hosts/content_reader.h"

namespace spillguard::hosts {

namespace {

constexpr int64_t kFirstBodyPage = 25;
constexpr int64_t kLargestBodyPage = 200;

// The host's cursor for what follows; "" = nothing does.
std::string next_scan_cursor(const Json& page) {
  if (auto cursor = page["nextCursor"].text(); !cursor.empty()) return cursor;
  const std::string_view next = page["_links"]["next"].string();
  const size_t query = next.find('?');
  if (query == std::string_view::npos) return {};
  for (const std::string_view pair : split(next.substr(query + 1), '&')) {
    if (!pair.starts_with("cursor=")) continue;
    if (auto cursor = percent_decode(pair.substr(7), true)) return *cursor;
  }
  return {};
}

// The passes through a space, in order. Hosts that can list neither comments nor attachments by
// themselves get kPages and kBlogPosts again with `children`: what hangs on each page is asked for.
enum class Pass {
  kPages,
  kBlogPosts,
  kDraftPages,
  kDraftPosts,
  kTrashedPages,
  kTrashedPosts,
  kComments,
  kAttachments
};
struct PassKind {
  std::string_view type;
  std::string_view status;
};
constexpr std::array<PassKind, 8> kPasses = {{{"page", "current"},
                                              {"blogpost", "current"},
                                              {"page", "draft"},
                                              {"blogpost", "draft"},
                                              {"page", "trashed"},
                                              {"blogpost", "trashed"},
                                              {"comment", "current"},
                                              {"attachment", "current"}}};

}  // namespace

struct ConfluenceHost::Cursor {
  Pass pass = Pass::kPages;
  bool children = false;
  enum class Listing { kScan, kOffsets, kSearch } listing = Listing::kScan;
  std::string position;  // the host's cursor of a scan
  int64_t start = 0;     // by offset
  int64_t limit = 0;     // page size that worked; 0 = not known yet
  int64_t total = -1;    // as the host's search counts; -1 = it does not

  [[nodiscard]] std::string type() const {
    return std::string(kPasses.at(static_cast<size_t>(pass)).type);
  }
  [[nodiscard]] std::string status() const {
    return std::string(kPasses.at(static_cast<size_t>(pass)).status);
  }
  [[nodiscard]] bool of_items() const { return pass < Pass::kComments; }

  // To another listing of the same pass, from its start.
  void use(Listing other) {
    listing = other;
    position.clear();
    start = 0;
  }
  // The next listing to try when the host does not have this one; false when there is none.
  bool use_next_listing() {
    if (listing == Listing::kScan) {
      use(of_items() ? Listing::kOffsets : Listing::kSearch);
      return true;
    }
    return false;
  }
  void begin(Pass next) {
    pass = next;
    // No scan knows attachments; drafts and trash are few, and not certain to be in a scan.
    use(next == Pass::kAttachments                          ? Listing::kSearch
        : next > Pass::kBlogPosts && next < Pass::kComments ? Listing::kOffsets
                                                            : Listing::kScan);
  }
  // False when that was the last pass.
  bool next_pass(const HostOptions& options, bool everything) {
    const auto wanted = [&](Pass next) {
      if (next == Pass::kDraftPages || next == Pass::kDraftPosts) return options.drafts;
      if (next == Pass::kTrashedPages || next == Pass::kTrashedPosts) return options.trash;
      // What hangs on items comes with them when all is read, or when they are asked for it.
      if (next == Pass::kComments || next == Pass::kAttachments) return !everything && !children;
      return true;
    };
    for (auto number = static_cast<size_t>(pass) + 1; number < kPasses.size(); ++number) {
      if (!wanted(static_cast<Pass>(number))) continue;
      begin(static_cast<Pass>(number));
      return true;
    }
    return false;
  }
  // The host lists no contents by themselves: once more through all items, with what hangs on them.
  void ask_for_children() {
    children = true;
    begin(Pass::kPages);
  }

  static Result<Cursor> parse(const std::string& text) {
    Cursor cursor;
    if (text.empty()) return cursor;
    auto json = Json::parse(text);
    if (!json) return fail(Code::kInvalidArgument, "not a cursor of a Confluence crawl: " + text);
    const int64_t last = static_cast<int64_t>(kPasses.size()) - 1;
    cursor.pass = static_cast<Pass>(std::clamp<int64_t>((*json)["pass"].integer(), 0, last));
    cursor.children = (*json)["children"].boolean();
    cursor.listing = static_cast<Listing>(std::clamp<int64_t>((*json)["listing"].integer(), 0, 2));
    cursor.position = (*json)["position"].text();
    cursor.start = (*json)["start"].integer();
    cursor.limit = (*json)["limit"].integer();
    cursor.total = (*json)["total"].integer(-1);
    return cursor;
  }

  [[nodiscard]] std::string text() const {
    std::string out;
    JsonWriter writer(out);
    writer.begin_object();
    writer.field("pass", static_cast<int64_t>(pass));
    writer.field("children", children);
    writer.field("listing", static_cast<int64_t>(listing));
    writer.field("position", position);
    writer.field("start", start);
    writer.field("limit", limit);
    writer.field("total", total);
    writer.end_object();
    return out;
  }
};

Result<Answer> ConfluenceHost::ask_listing(const PageRequest& request, const Cursor& cursor,
                                           int64_t limit, bool body, Failure* failure) {
  const char* expand = !cursor.of_items() ? "version,container"
                       : body             ? "body.storage,version,history,space,metadata.labels"
                                          : "version,history,space";
  Question question{.path = {"rest", "api", "content"},
                    .query = {{"limit", std::to_string(limit)}, {"expand", expand}},
                    .attempts = limit > 1 ? 2 : 0,
                    .failure = failure};
  if (cursor.listing == Cursor::Listing::kSearch) {
    question.path.emplace_back("search");
    question.query.emplace_back("cql", "space = " + cql_text(request.scope.key) +
                                           " and type = " + cursor.type() + " order by created");
  } else {
    question.query.emplace_back("spaceKey", request.scope.key);
    question.query.emplace_back("type", cursor.type());
    question.query.emplace_back("status", cursor.status());
  }
  if (cursor.listing == Cursor::Listing::kScan) {
    question.path.emplace_back("scan");
    if (!cursor.position.empty()) question.query.emplace_back("cursor", cursor.position);
  } else {
    question.query.emplace_back("start", std::to_string(cursor.start));
  }
  auto answer = transport_.ask(question);
  if (answer && !answer->json["results"].is_array()) {
    return fail(Code::kCorrupt, "the host's listing of a space has no results");
  }
  return answer;
}

// For progress only: the search index may lag, and a host without it is no error.
Result<int64_t> ConfluenceHost::count_items(const std::string& space_key) {
  auto answer = transport_.ask(
      {.path = {"rest", "api", "search"},
       .query = {{"cql", "space = " + cql_text(space_key) + " AND type in (page,blogpost)"},
                 {"limit", "1"}},
       .attempts = 1});
  if (answer) return answer->json["totalSize"].integer(-1);
  if (answer.error().code == Code::kUnauthenticated || answer.error().code == Code::kCancelled) {
    return fail(std::move(answer).error());
  }
  return -1;
}

Result<Answer> ConfluenceHost::list_page(const PageRequest& request, Cursor& cursor, bool& body) {
  while (true) {
    Failure failure;
    auto answer = ask_listing(request, cursor, cursor.limit, body, &failure);
    if (answer) {
      // Older hosts scan pages only, whatever type is asked for.
      const JsonView first = answer->json["results"].at(0);
      if (!first.exists() || first["type"].string() == cursor.type()) return answer;
      if (!cursor.use_next_listing()) return answer;
      continue;
    }
    const Code code = answer.error().code;
    const bool no_such = code == Code::kNotFound || code == Code::kInvalidArgument ||
                         code == Code::kUnsupported || failure.status == 501;
    if (no_such && cursor.use_next_listing()) continue;
    // Who may not see drafts or trash is told so, or is told of nothing.
    const bool refused = no_such || code == Code::kPermissionDenied;
    if (refused && cursor.of_items() && cursor.status() != "current") {
      return Answer{Json::parse(R"({"results":[]})").value(), 0};
    }
    if (no_such && !cursor.of_items()) {
      cursor.ask_for_children();
    } else if (ends_reading(answer.error(), failure) || !failure.smaller) {
      return answer;
    } else if (cursor.limit > 1) {
      cursor.limit /= 2;
    } else if (body) {
      body = false;  // one page that can not be had with its text: list it, and say so
    } else {
      return answer;
    }
  }
}

Result<PageResult> ConfluenceHost::read_page(const PageRequest& request, ItemSink& sink) {
  SG_TRY(ensure_identity());
  if (request.since > 0) return read_changes(request, sink);
  SG_ASSIGN(Cursor cursor, Cursor::parse(request.cursor));
  if (request.cursor.empty()) {
    // A space that we can not see gives an empty listing, which must not pass for an empty space.
    SG_TRY(read_space(request, sink));
    SG_ASSIGN(cursor.total, count_items(request.scope.key));
  }
  const int64_t largest = request.everything
                              ? std::min<int64_t>(options().page_size, kLargestBodyPage)
                              : options().page_size;
  if (cursor.limit <= 0) cursor.limit = request.everything ? kFirstBodyPage : largest;
  cursor.limit = std::clamp<int64_t>(cursor.limit, 1, std::max<int64_t>(1, largest));

  bool body = request.everything;
  SG_ASSIGN(const auto answer, list_page(request, cursor, body));
  const JsonView results = answer.json["results"];
  const auto received = static_cast<int64_t>(results.size());
  std::vector<JsonView> contents;
  contents.reserve(results.size());
  for (size_t i = 0; i < results.size(); ++i) {
    if (results.at(i)["type"].string() == cursor.type()) contents.push_back(results.at(i));
  }
  if (cursor.of_items()) {
    SG_TRY(read_listed(request, cursor, contents, body, sink));
  } else {
    SG_TRY(read_newer(request, contents, true, sink));
  }

  PageResult result;
  if (cursor.of_items()) result.listed = static_cast<int64_t>(contents.size());
  if (cursor.total >= 0) result.total = cursor.total;
  if (request.everything && received > 0) {
    const int64_t each = std::max<int64_t>(1, answer.bytes / received);
    cursor.limit = body ? std::clamp<int64_t>(options().page_bytes / each, 1, cursor.limit * 2) : 2;
  }
  bool more = received > 0;
  if (cursor.listing == Cursor::Listing::kScan) {
    std::string next = next_scan_cursor(answer.json);
    more = more && !next.empty() && next != cursor.position;
    cursor.position = std::move(next);
  } else {
    cursor.start += received;
    more = more && answer.json["_links"]["next"].is_string();
  }
  result.lists_contents = cursor.pass == Pass::kAttachments;
  if (more || cursor.next_pass(options(), request.everything)) result.next = cursor.text();
  return result;
}

Status ConfluenceHost::read_listed(const PageRequest& request, const Cursor& cursor,
                                   const std::vector<JsonView>& contents, bool body,
                                   ItemSink& sink) {
  std::vector<ItemRef> refs;
  refs.reserve(contents.size());
  for (const JsonView& content : contents) {
    SG_ASSIGN(ItemRef ref, confluence_ref(content));
    if (ref.scope_id.empty()) ref.scope_id = request.scope.id;
    if (ref.scope_key.empty()) ref.scope_key = request.scope.key;
    refs.push_back(std::move(ref));
  }
  std::vector<std::optional<Known>> known(refs.size());
  if (!request.everything && request.known && !refs.empty()) {
    SG_ASSIGN(known, request.known(refs));
    known.resize(refs.size());
  }
  for (size_t i = 0; i < refs.size(); ++i) {
    if (body) {
      SG_TRY(ContentReader(*this, refs[i], nullptr, sink).read(contents[i]));
      continue;
    }
    // Only what was read whole under the rules of now can be read on from where that ended.
    const std::string own = std::string(confluence_kind(refs[i].kind)) + "/" + refs[i].id;
    const bool partly = known[i] && known[i]->up_to_date_rules && known[i]->highest &&
                        known[i]->highest(own) > 0 && known[i]->highest(own) <= refs[i].version;
    const bool same = partly && known[i]->highest(own) == refs[i].version;
    // A draft is edited, and published, without a new version.
    const bool other_text = same && known[i]->updated != refs[i].updated;
    if (same && !other_text && known[i]->version == refs[i].version && !cursor.children) {
      // Comments and attachments have passes of their own.
      SG_TRY(sink.on_unchanged(refs[i]));
    } else if (same && !other_text && cursor.children) {
      SG_TRY(ContentReader(*this, refs[i], &*known[i], sink).read(contents[i]));
    } else {
      // What failed or is known to be stale is read whole again.
      const ContentParts parts{.comments = cursor.children, .attachments = cursor.children};
      SG_TRY(read_or_report(refs[i], partly && !same ? &*known[i] : nullptr, sink, parts));
    }
  }
  return {};
}

Status ConfluenceHost::read_or_report(const ItemRef& item, const Known* known, ItemSink& sink,
                                      ContentParts parts) {
  Failure failure;
  auto answer = ask_content(item, known == nullptr || parts.versions, &failure);
  if (answer) {
    SG_ASSIGN(const ItemRef now, confluence_ref(answer->json.root()));
    return ContentReader(*this, now, known, sink, parts).read(answer->json.root());
  }
  if (ends_reading(answer.error(), failure)) return fail(std::move(answer).error());
  SG_TRY(sink.begin_item(item));
  return sink.end_item(std::move(answer).error());
}

Status ConfluenceHost::read_item(const ItemRef& item, ItemSink& sink) {
  SG_TRY(ensure_identity());
  SG_ASSIGN(const auto answer, ask_content(item, true, nullptr));
  SG_ASSIGN(const ItemRef now, confluence_ref(answer.json.root()));
  return ContentReader(*this, now, nullptr, sink).read(answer.json.root());
}

Result<int64_t> ConfluenceHost::find_version(const ItemRef& item, TimeMs created_when) {
  SG_TRY(ensure_identity());
  if (item.version > 0 && item.updated == created_when) return item.version;
  SG_ASSIGN(const auto versions, list_versions(item.id, nullptr));
  for (const ContentVersion& version : versions) {
    if (version.when == created_when) return version.number;
  }
  return fail(Code::kNotFound, "content " + item.id + " has no version of that time");
}

Status ConfluenceHost::read_version(const ItemRef& item, TimeMs created_when, ItemSink& sink) {
  SG_ASSIGN(const ItemRef now, find_item(item.id));
  SG_ASSIGN(const int64_t number, find_version(now, created_when));
  return ContentReader(*this, now, nullptr, sink)
      .read_only({.number = number, .author = {}, .when = created_when, .message = {}});
}

}  // namespace spillguard::hosts
