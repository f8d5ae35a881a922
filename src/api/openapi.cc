#include "api/openapi.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <utility>
#include <vector>

#include "base/embedded.h"

namespace spillguard::api {
namespace openapi_detail {
namespace {

namespace json = boost::json;
using Words = std::vector<std::pair<std::string_view, std::string>>;

// What the parts call by @name@.
Words words_of(store::Product product, const std::string& base) {
  if (product == store::Product::kJira) {
    return {{"@base@", base},
            {"@Product@", "Jira"},
            {"@scope@", "project"},
            {"@otherScope@", "space"},
            {"@item@", "issue"},
            {"@itemWord@", "key"},
            {"@itemParam@", "key"},
            {"@itemId@", "issueKey"},
            {"@reviewers@", "For administrators of the project and explicit access."},
            {"@exportReviewed@",
             "Findings of all projects, as the documented page says; with reviewed=true reviewed "
             "texts"}};
  }
  return {{"@base@", base},
          {"@Product@", "Confluence"},
          {"@scope@", "space"},
          {"@otherScope@", "project"},
          {"@item@", "content"},
          {"@itemWord@", "id"},
          {"@itemParam@", "id"},
          {"@itemId@", "contentId"},
          {"@reviewers@", "For whoever may edit in the space."},
          {"@exportReviewed@", "Reviewed texts of all spaces that the caller administers"}};
}

std::string in_words(std::string_view part, const Words& words) {
  std::string text(part);
  for (const auto& [name, word] : words) {
    for (size_t at = text.find(name); at != std::string::npos; at = text.find(name, at)) {
      text.replace(at, name.size(), word);
      at += word.size();
    }
  }
  return text;
}

// Takes out what is for the other product ("x-only"), and the mark itself.
void keep_own(json::value& value, std::string_view product) {
  if (auto* array = value.if_array()) {
    for (json::value& item : *array) keep_own(item, product);
    return;
  }
  auto* object = value.if_object();
  if (object == nullptr) return;
  for (auto member = object->begin(); member != object->end();) {
    auto* inner = member->value().if_object();
    const json::value* only = inner == nullptr ? nullptr : inner->if_contains("x-only");
    if (only != nullptr && only->is_string() && only->get_string() != product) {
      member = object->erase(member);
      continue;
    }
    if (only != nullptr) inner->erase("x-only");
    keep_own(member->value(), product);
    ++member;
  }
}

// Members of `from` go into `to`, objects into objects.
void merge(json::object& to, json::object&& from) {
  for (auto& member : from) {
    json::value* const there = to.if_contains(member.key());
    if (there != nullptr && there->is_object() && member.value().is_object()) {
      merge(there->get_object(), std::move(member.value().get_object()));
    } else {
      to.insert_or_assign(member.key(), std::move(member.value()));
    }
  }
}

// The same operations under the other spellings of a path ("x-also"), with names of their own.
void add_spellings(json::object& paths) {
  json::object all;
  for (auto& path : paths) {
    json::object item = path.value().get_object();
    json::array also;
    if (json::value* const names = item.if_contains("x-also"); names != nullptr) {
      also = names->get_array();
      item.erase("x-also");
    }
    all.emplace(path.key(), item);
    int number = 1;
    for (const json::value& name : also) {
      json::object copy = item;
      ++number;
      for (const char* method : {"get", "post", "put", "delete"}) {
        json::value* const operation = copy.if_contains(method);
        if (operation == nullptr) continue;
        json::value& id = operation->get_object()["operationId"];
        id = fmt::format("{}{}", std::string_view(id.get_string()), number);
      }
      all.emplace(name.get_string(), std::move(copy));
    }
  }
  paths = std::move(all);
}

const embedded::EmbeddedFile* find_file(std::string_view name) {
  for (const auto& file : embedded::openapi_files()) {
    if (file.name == name) return &file;
  }
  return nullptr;
}

}  // namespace
}  // namespace openapi_detail

Result<std::string> openapi_document(store::Product product, const std::string& base) {
  namespace own = openapi_detail;
  const own::Words words = own::words_of(product, base);
  boost::json::object document;
  for (const auto& file : embedded::openapi_files()) {
    if (!file.name.ends_with(".json")) continue;
    boost::json::error_code error;
    boost::json::value part = boost::json::parse(own::in_words(file.data, words), error);
    if (error || !part.is_object()) {
      return fail(Code::kInternal, fmt::format("openapi/{}: {}", file.name, error.message()));
    }
    own::keep_own(part, store::product_name(product));
    own::merge(document, std::move(part.get_object()));
  }
  auto* const paths = document.if_contains("paths");
  if (paths == nullptr || !paths->is_object()) {
    return fail(Code::kInternal, "openapi: no part has paths");
  }
  own::add_spellings(paths->get_object());
  return boost::json::serialize(document);
}

http::Response docs_response(const std::string& file) {
  const auto* const found = openapi_detail::find_file(file);
  if (found == nullptr) return http::Response::empty(404);
  http::Response response = http::Response::text(
      200, std::string(found->data),
      file.ends_with(".js") ? "text/javascript; charset=utf-8" : "text/html; charset=utf-8");
  response.headers.set("Content-Security-Policy",
                       "default-src 'none'; script-src 'self'; connect-src 'self'; style-src "
                       "'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'");
  return response;
}

}  // namespace spillguard::api
