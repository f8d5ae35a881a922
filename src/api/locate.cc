#include "api/locate.h"

#include <fmt/format.h>

#include "base/strings.h"
#include "http/target.h"
#include "store/evidence.h"

namespace spillguard::api {
namespace {

tl::unexpected<Error> no_such(std::string_view word, std::string_view key) {
  return fail(Code::kNotFound,
              fmt::format("There is no {} '{}', or you may not see it.", word, key));
}

// A 404 of the host in our own words; other errors as they are.
template <typename T>
Result<T> or_no_such(Result<T> result, std::string_view word, std::string_view key) {
  if (!result && result.error().code == Code::kNotFound) return no_such(word, key);
  return result;
}

// What no address may hold is no key of any host: asking would end in a failure that is not theirs.
bool is_plausible_key(std::string_view key) {
  return !key.empty() && key.size() <= 255 && key.find_first_of("\"<>") == std::string_view::npos &&
         http::parse_target("/" + percent_encode(key)).has_value();
}

hosts::ItemKind to_host_kind(store::ItemKind kind) {
  switch (kind) {
    case store::ItemKind::kIssue:
      return hosts::ItemKind::kIssue;
    case store::ItemKind::kPage:
      return hosts::ItemKind::kPage;
    case store::ItemKind::kBlogPost:
      return hosts::ItemKind::kBlogPost;
  }
  return hosts::ItemKind::kIssue;
}

Result<store::Scope> known_or_asked_scope(const ApiContext& context, const std::string& key) {
  auto known = context.store.scope_by_key(context.site.id, key);
  if (known || known.error().code != Code::kNotFound) return known;
  auto from_host = context.host.find_scope(key);
  if (!from_host) {
    // The caller sees it and the account that scans does not: that must be said, it is a hole.
    if (from_host.error().code == Code::kNotFound) {
      return fail(
          Code::kNotFound,
          fmt::format("The account that scans can not see the {} '{}': give it permission on the "
                      "host first.",
                      context.scope_word(), key));
    }
    return fail(from_host.error());
  }
  store::Scope scope;
  scope.host_id = from_host->id;
  scope.key = from_host->key;
  scope.name = from_host->name;
  scope.personal = from_host->personal;
  return context.store.upsert_scope(context.site.id, scope);
}

}  // namespace

Result<store::Scope> allowed_scope(const ApiContext& context, const Caller& caller,
                                   const std::string& key, Right right) {
  if (!is_plausible_key(key)) return no_such(context.scope_word(), to_valid_utf8(key));
  const std::string spelled = context.is_jira() ? to_upper(key) : key;
  if (auto allowed = require_scope(context, caller, right, spelled); !allowed) {
    if (allowed.error().code == Code::kNotFound) return no_such(context.scope_word(), spelled);
    return fail(allowed.error());
  }
  return known_or_asked_scope(context, spelled);
}

Result<LocatedItem> allowed_item(const ApiContext& context, const Caller& caller,
                                 const std::string& key_or_id, Right right) {
  const std::string_view word = context.item_word();
  if (!is_plausible_key(key_or_id)) return no_such(word, to_valid_utf8(key_or_id));
  LocatedItem located;
  auto known = context.is_jira() ? context.store.item_by_key(context.site.id, key_or_id)
                                 : context.store.item_by_host_id(context.site.id, key_or_id);
  if (!known && known.error().code != Code::kNotFound) return fail(known.error());
  if (known) {
    located.ref.id = known->host_id;
    located.ref.key = known->key;
    located.ref.kind = to_host_kind(known->kind);
    SG_ASSIGN(located.ref.title, store::open_title(context.key, known->host_id, known->title));
    located.ref.link = known->link;
    SG_ASSIGN(located.scope, context.store.scope(known->scope_id));
    located.known = std::move(*known);
  } else {
    SG_ASSIGN(located.ref, or_no_such(context.host.find_item(key_or_id), word, key_or_id));
    // A moved issue answers under its old key: the row is under the id.
    if (auto moved = context.store.item_by_host_id(context.site.id, located.ref.id)) {
      located.known = std::move(*moved);
    }
    SG_ASSIGN(located.scope, known_or_asked_scope(context, located.ref.scope_key));
  }
  if (auto allowed = require_scope(context, caller, right, located.scope.key); !allowed) {
    if (allowed.error().code == Code::kNotFound) return no_such(word, key_or_id);
    return fail(allowed.error());
  }
  // Restrictions of the single item (security levels, page restrictions) hold for administrators as
  // well.
  SG_ASSIGN(const bool visible,
            or_no_such(context.callers.can_view_item(caller.credential, located.ref.id), word,
                       key_or_id));
  if (!visible) return no_such(word, key_or_id);
  return located;
}

}  // namespace spillguard::api
