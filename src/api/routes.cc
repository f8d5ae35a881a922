#include <fmt/format.h>

#include <memory>

#include "api/api.h"
#include "api/errors.h"
#include "api/handlers.h"
#include "api/openapi.h"
#include "base/log.h"
#include "http/router.h"

namespace spillguard::api {
namespace {

enum class Serves { kBoth, kJira, kConfluence };

struct Route {
  const char* method;
  const char* path;  // under /rest/security/latest
  Serves serves;
  ApiHandler handler;
};

// The two documented pages; where they disagree on spelling both spellings are served.
constexpr Route kRoutes[] = {
    {"GET", "/project/{key}", Serves::kJira, get_scope},
    {"GET", "/scan/project/{key}", Serves::kJira, get_scope},
    {"GET", "/issue/{key}", Serves::kJira, get_item},
    {"GET", "/scan/issue/{key}", Serves::kJira, get_item},
    {"POST", "/scan/project", Serves::kJira, scan_scope},
    {"POST", "/scan/issue", Serves::kJira, scan_item},
    {"POST", "/scan/issue/version", Serves::kJira, scan_version},

    {"GET", "/scan/space/{key}", Serves::kConfluence, get_scope},
    {"GET", "/space/{key}", Serves::kConfluence, get_scope},
    {"GET", "/scan/content/{key}", Serves::kConfluence, get_item},
    {"GET", "/content/{key}", Serves::kConfluence, get_item},
    {"POST", "/scan/space", Serves::kConfluence, scan_scope},
    {"POST", "/scan/content", Serves::kConfluence, scan_item},
    {"POST", "/scan/content/version", Serves::kConfluence, scan_version},

    {"POST", "/scan/all", Serves::kBoth, scan_all},
    {"GET", "/rules", Serves::kBoth, get_rules},
    {"PUT", "/rules/built-in/{name}", Serves::kBoth, put_built_in_rule},
    {"POST", "/rules/custom", Serves::kBoth, create_custom_rule},
    {"PUT", "/rules/custom/{id}", Serves::kBoth, update_custom_rule},
    {"DELETE", "/rules/custom/{id}", Serves::kBoth, delete_custom_rule},
    {"POST", "/rules/test", Serves::kBoth, test_rules},

    {"GET", "/settings", Serves::kBoth, get_settings},
    {"PUT", "/settings", Serves::kBoth, put_settings},
    {"GET", "/settings/entity-permissions", Serves::kBoth, get_entity_permissions},
    {"PUT", "/settings/entity-permissions", Serves::kBoth, put_entity_permissions},

    {"GET", "/export/findings", Serves::kBoth, export_findings},
    {"GET", "/export/project/{key}/findings", Serves::kBoth, export_findings},
    {"GET", "/export/space/{key}/findings", Serves::kBoth, export_findings},
    {"GET", "/export/reviewed/findings", Serves::kBoth, export_reviewed},
    {"GET", "/export/reviewed/project/{key}/findings", Serves::kBoth, export_reviewed},
    {"GET", "/export/reviewed/space/{key}/findings", Serves::kBoth, export_reviewed},
    {"GET", "/export/attachments", Serves::kBoth, export_attachments},
    {"GET", "/export/attachments/project/{key}", Serves::kBoth, export_attachments},
    {"GET", "/export/attachments/space/{key}", Serves::kBoth, export_attachments},
    {"GET", "/export/overview", Serves::kBoth, export_overview},
    {"GET", "/audit", Serves::kBoth, get_audit},
    {"POST", "/session", Serves::kBoth, create_session},
    {"GET", "/session", Serves::kBoth, get_session},
    {"DELETE", "/session", Serves::kBoth, delete_session},
    {"GET", "/scan/all", Serves::kBoth, get_scan_all},
    {"GET", "/scan-queue", Serves::kBoth, get_scan_queue},
    {"DELETE", "/scan-queue", Serves::kBoth, clear_scan_queue},
    {"DELETE", "/scan-queue/clear", Serves::kBoth, clear_scan_queue},
    {"GET", "/scan-queue/{id}", Serves::kBoth, get_scan_job},
    {"DELETE", "/scan-queue/{id}", Serves::kBoth, cancel_scan_job},

    // The Jira page says "space" where it means "project": both words on both.
    {"GET", "/review/project/{key}", Serves::kBoth, list_reviews},
    {"GET", "/review/space/{key}", Serves::kBoth, list_reviews},
    {"DELETE", "/review/project/{key}", Serves::kBoth, delete_all_reviews},
    {"DELETE", "/review/space/{key}", Serves::kBoth, delete_all_reviews},
    {"POST", "/review/project/{key}/create", Serves::kBoth, create_review},
    {"POST", "/review/space/{key}/create", Serves::kBoth, create_review},
    {"POST", "/review/project/{key}/delete", Serves::kBoth, delete_review},
    {"POST", "/review/space/{key}/delete", Serves::kBoth, delete_review},
    {"GET", "/global-reviewed", Serves::kBoth, list_global_reviews},
    {"DELETE", "/global-reviewed", Serves::kBoth, delete_all_global_reviews},
    {"POST", "/global-reviewed/create", Serves::kBoth, create_global_reviews},
    {"POST", "/global-reviewed/delete", Serves::kBoth, delete_global_reviews},

    {"GET", "/coverage", Serves::kBoth, get_site_coverage},
    {"GET", "/coverage/project/{key}", Serves::kJira, get_scope_coverage},
    {"GET", "/coverage/space/{key}", Serves::kConfluence, get_scope_coverage},
};

http::Response answer(const ApiContext& context, const http::Request& request, ApiHandler handler) {
  auto result = handler(context, request);
  http::Response response =
      result ? std::move(*result) : error_response(context.site.product, result.error());
  // Findings are for this caller only: no cache may keep them.
  response.headers.set("Cache-Control", "no-store");
  response.headers.set("Vary", "Cookie, Authorization");
  response.headers.set("X-Content-Type-Options", "nosniff");
  return response;
}

// The description of all this; without a login, for it tells nothing of anybody.
void add_documents(http::Router& router, const ApiContext& context) {
  const auto safe = [](http::Response response) {
    response.headers.set("Cache-Control", "no-cache");
    response.headers.set("X-Content-Type-Options", "nosniff");
    return response;
  };
  for (const char* version : {"latest", "1.0"}) {
    const std::string base = fmt::format("{}/rest/security/{}", context.context_path, version);
    auto document = openapi_document(context.site.product, base);
    if (!document) log::error("{}", document.error().message);
    router.add("GET", base + "/openapi.json",
               [safe, text = document.value_or("{}")](const http::Request&) {
                 return safe(http::Response::json(200, text));
               });
    for (const auto& [path, file] :
         {std::pair("/docs", "docs.html"), std::pair("/docs.js", "docs.js")}) {
      router.add("GET", base + path, [safe, name = std::string(file)](const http::Request&) {
        return safe(docs_response(name));
      });
    }
  }
}

}  // namespace

http::Handler make_api(const ApiContext& context) {
  auto router = std::make_shared<http::Router>();  // shared by the copies of the handler
  for (const Route& route : kRoutes) {
    if (route.serves == Serves::kJira && !context.is_jira()) continue;
    if (route.serves == Serves::kConfluence && context.is_jira()) continue;
    for (const char* version : {"latest", "1.0"}) {
      router->add(route.method,
                  fmt::format("{}/rest/security/{}{}", context.context_path, version, route.path),
                  [&context, handler = route.handler](const http::Request& request) {
                    return answer(context, request, handler);
                  });
    }
  }
  add_documents(*router, context);
  router->add(
      "POST", fmt::format("{}/rest/security/hooks/{{token}}", context.context_path),
      [&context](const http::Request& request) { return answer(context, request, take_hook); });
  router->set_error_handler([&context](const http::Request& request, int status) {
    return error_response(
        context.site.product, status,
        status == 405
            ? fmt::format("{} is not served here; see the Allow header.", request.method)
            : fmt::format("There is nothing at {}. The API is under {}/rest/security/latest/.",
                          request.path, context.context_path));
  });
  return [router](const http::Request& request) { return router->handle(request); };
}

}  // namespace spillguard::api
