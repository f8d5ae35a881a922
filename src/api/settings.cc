// Settings over the API: by query parameters as documented, or as a JSON object of the same names.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "api/access.h"
#include "api/audit_trail.h"
#include "api/handlers.h"
#include "api/json_body.h"
#include "api/params.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "base/strings.h"
#include "base/threads.h"
#include "store/live_settings.h"
#include "store/permissions.h"

namespace spillguard::api {
namespace settings_detail {
namespace {

constexpr int64_t kMaxParallelScans = 256;
constexpr size_t kMaxEmailText = 10'000;
constexpr size_t kMaxNodes = 100;
constexpr size_t kMaxName = 255;

using store::NodeSettings;
using store::SiteSettings;

// Parameters of the hosts' own that clients send everywhere.
bool is_foreign(std::string_view name) {
  return name == "os_authType" || name == "atl_token" || name == "_";
}

// A value as it came, by query or in JSON.
struct Given {
  std::string name;
  JsonValue value;  // a text when it came by query
  bool by_query = false;
};

tl::unexpected<Error> refuse(const Given& given, std::string_view wanted) {
  std::string came;
  if (given.value.is(JsonValue::Kind::kString)) {
    came = fmt::format(", not '{}'", to_valid_utf8(given.value.text.substr(0, 60)));
  }
  return fail(
      Code::kInvalidArgument,
      fmt::format("The setting '{}' must be {}{}. Nothing was changed.", given.name, wanted, came));
}

Result<bool> flag_of(const Given& given) {
  if (given.value.is(JsonValue::Kind::kBool)) return given.value.flag;
  if (given.value.is(JsonValue::Kind::kString)) {
    if (const auto flag = parse_bool(trim(given.value.text))) return *flag;
  }
  return refuse(given, "true or false");
}

Result<int64_t> number_of(const Given& given) {
  std::optional<int64_t> number;
  if (given.value.is(JsonValue::Kind::kInteger)) number = given.value.integer;
  if (given.value.is(JsonValue::Kind::kString)) number = parse_int(trim(given.value.text));
  if (!number || *number < 0 || *number > kMaxParallelScans) {
    return refuse(given,
                  fmt::format("a whole number from 0 (all processors) to {}", kMaxParallelScans));
  }
  return *number;
}

Result<std::string> level_of(const Given& given) {
  constexpr std::array<std::string_view, 5> kLevels = {"TRACE", "DEBUG", "INFO", "WARN", "ERROR"};
  if (given.value.is(JsonValue::Kind::kString)) {
    std::string level = to_upper(trim(given.value.text));
    if (std::find(kLevels.begin(), kLevels.end(), level) != kLevels.end()) return level;
  }
  return refuse(given, "one of TRACE, DEBUG, INFO, WARN, ERROR");
}

Result<std::string> email_text_of(const Given& given) {
  if (!given.value.is(JsonValue::Kind::kString)) return refuse(given, "text");
  if (given.value.text.size() > kMaxEmailText || !is_valid_utf8(given.value.text)) {
    return fail(Code::kInvalidArgument,
                fmt::format("The setting 'customEmailText' must be UTF-8 of at most {} bytes. "
                            "Nothing was changed.",
                            kMaxEmailText));
  }
  return given.value.text;
}

Result<std::vector<std::string>> nodes_of(const Given& given) {
  std::vector<std::string> nodes;
  const auto add = [&](std::string_view name) {
    name = trim(name);
    if (!name.empty()) nodes.emplace_back(name);
  };
  if (given.value.is(JsonValue::Kind::kString)) {
    for (const std::string_view name : split(given.value.text, ',')) add(name);
  } else if (given.value.is(JsonValue::Kind::kArray)) {
    for (const JsonValue& item : given.value.items) {
      if (!item.is(JsonValue::Kind::kString)) return refuse(given, "a list of names of nodes");
      add(item.text);
    }
  } else {
    return refuse(given, "a list of names of nodes");
  }
  const auto is_bad = [](const std::string& name) {
    return name.size() > kMaxName || !is_valid_utf8(name) ||
           std::any_of(name.begin(), name.end(), [](char c) { return c >= 0 && c < ' '; });
  };
  if (nodes.size() > kMaxNodes || std::any_of(nodes.begin(), nodes.end(), is_bad)) {
    return refuse(given, "a list of names of nodes");
  }
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  return nodes;
}

Status apply(const Given& given, SiteSettings& site, NodeSettings& node) {
  bool* const flag = given.name == "autoScan"              ? &site.auto_scan
                     : given.name == "emailForNewFindings" ? &site.email_for_new_findings
                     : given.name == "scanAttachments"     ? &site.scan_attachments
                     : given.name == "includePlaintextInExports"
                         ? &site.include_plaintext_in_exports
                     : given.name == "deduplicateExports" ? &site.deduplicate_exports
                                                          : nullptr;
  if (flag != nullptr) {
    SG_ASSIGN(*flag, flag_of(given));
  } else if (given.name == "customEmailText") {
    SG_ASSIGN(site.custom_email_text, email_text_of(given));
  } else if (given.name == "parallelScans") {
    SG_ASSIGN(node.parallel_scans, number_of(given));
  } else if (given.name == "logLevelOverride") {
    SG_ASSIGN(node.log_level_override, level_of(given));
  } else if (given.name == "scanningNodes") {
    SG_ASSIGN(node.scanning_nodes, nodes_of(given));
  } else {
    return fail(
        Code::kInvalidArgument,
        fmt::format("There is no setting '{}'. GET settings lists all. Nothing was changed.",
                    to_valid_utf8(given.name.substr(0, 60))));
  }
  return {};
}

Result<std::vector<Given>> read_given(const http::Request& request) {
  std::vector<Given> all;
  for (const auto& [name, value] : request.query) {
    if (is_foreign(name)) continue;
    JsonValue text;
    text.kind = JsonValue::Kind::kString;
    text.text = value;
    // The one that may come several times.
    const auto before = std::find_if(all.begin(), all.end(), [&](const Given& other) {
      return other.name == name && name == "scanningNodes";
    });
    if (before != all.end()) {
      before->value.text += "," + value;
    } else {
      all.push_back({.name = name, .value = std::move(text), .by_query = true});
    }
  }
  if (!trim(request.body).empty()) {
    SG_ASSIGN(auto body, json_body(request));
    if (!body.is(JsonValue::Kind::kObject)) {
      return fail(Code::kInvalidArgument,
                  R"(The body must be an object of settings such as {"autoScan":false}.)");
    }
    for (auto& [name, value] : body.members) {
      all.push_back({.name = name, .value = std::move(value)});
    }
  }
  std::set<std::string> names;
  for (const Given& given : all) {
    if (!names.insert(given.name).second) {
      return fail(Code::kInvalidArgument,
                  fmt::format("The setting '{}' is given twice. Nothing was changed.",
                              to_valid_utf8(given.name.substr(0, 60))));
    }
  }
  if (all.empty()) {
    return fail(Code::kInvalidArgument,
                "Name the settings to change, as parameters or in a JSON body.");
  }
  return all;
}

void write_members(JsonWriter& json, const SiteSettings& site, const NodeSettings& node) {
  json.field("autoScan", site.auto_scan);
  json.field("emailForNewFindings", site.email_for_new_findings);
  json.field("customEmailText", site.custom_email_text);
  json.field("scanAttachments", site.scan_attachments);
  // Never 0 to whoever reads: how many there are.
  json.field("parallelScans", node.parallel_scans == 0 ? static_cast<int64_t>(usable_processors())
                                                       : node.parallel_scans);
  json.field("logLevelOverride", node.log_level_override);
  json.field("includePlaintextInExports", site.include_plaintext_in_exports);
  json.field("deduplicateExports", site.deduplicate_exports);
  json.key("scanningNodes");
  json.begin_array();
  for (const std::string& name : node.scanning_nodes) json.value(name);
  json.end_array();
}

http::Response settings_response(const ApiContext& context) {
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  write_members(json, context.settings.site(context.site.id), context.settings.node());
  json.field("node", context.node);
  json.end_object();
  return http::Response::json(200, std::move(body));
}

// The members of both as separate JSON texts by name, to tell what changed. The text of mails is
// somebody's words: its event tells only that it changed.
std::vector<std::pair<std::string, std::string>> shown_pairs(const SiteSettings& site,
                                                             const NodeSettings& node) {
  const auto flag = [](bool value) { return std::string(value ? "true" : "false"); };
  std::string nodes;
  JsonWriter json(nodes);
  json.begin_array();
  for (const std::string& name : node.scanning_nodes) json.value(name);
  json.end_array();
  return {{"autoScan", flag(site.auto_scan)},
          {"emailForNewFindings", flag(site.email_for_new_findings)},
          {"scanAttachments", flag(site.scan_attachments)},
          {"parallelScans", std::to_string(node.parallel_scans)},
          {"logLevelOverride", "\"" + node.log_level_override + "\""},
          {"includePlaintextInExports", flag(site.include_plaintext_in_exports)},
          {"deduplicateExports", flag(site.deduplicate_exports)},
          {"scanningNodes", nodes}};
}

std::vector<std::string> change_details(const SiteSettings& old_site, const NodeSettings& old_node,
                                        const SiteSettings& site, const NodeSettings& node) {
  std::vector<std::string> out;
  const auto before = shown_pairs(old_site, old_node);
  const auto after = shown_pairs(site, node);
  for (size_t i = 0; i < after.size(); ++i) {
    if (before[i].second == after[i].second) continue;
    out.push_back(fmt::format(R"({{"name":"{}","from":{},"to":{}}})", after[i].first,
                              before[i].second, after[i].second));
  }
  if (old_site.custom_email_text != site.custom_email_text) {
    out.emplace_back(R"({"name":"customEmailText"})");
  }
  return out;
}

Result<store::EntityPermission> permission_of(const JsonValue& entry) {
  using Kind = JsonValue::Kind;
  const JsonValue* const type = entry.find("type");
  const JsonValue* const id = entry.find("idOrKey");
  const bool whole = entry.is(Kind::kObject) && entry.members.size() == 2 && type != nullptr &&
                     id != nullptr && type->is(Kind::kString) && id->is(Kind::kString);
  if (!whole) {
    return fail(
        Code::kInvalidArgument,
        R"(Each entry must be {"type":"USER" or "GROUP","idOrKey":"…"}. Nothing was changed.)");
  }
  store::EntityPermission out;
  if (equals_ignore_case(type->text, "USER")) {
    out.type = store::EntityPermission::Type::kUser;
  } else if (equals_ignore_case(type->text, "GROUP")) {
    out.type = store::EntityPermission::Type::kGroup;
  } else {
    return fail(Code::kInvalidArgument, "'type' must be USER or GROUP. Nothing was changed.");
  }
  out.id_or_key = trim(id->text);
  const bool control = std::any_of(out.id_or_key.begin(), out.id_or_key.end(),
                                   [](char c) { return c >= 0 && c < ' '; });
  if (out.id_or_key.empty() || out.id_or_key.size() > kMaxName || control) {
    return fail(Code::kInvalidArgument,
                "'idOrKey' must be a user's key or a group's name. Nothing was changed.");
  }
  return out;
}

Result<http::Response> permissions_response(const ApiContext& context) {
  store::Permissions permissions(context.store.database());
  SG_ASSIGN(const auto entries, permissions.list(context.site.id));
  std::string body;
  JsonWriter json(body);
  json.begin_array();
  for (const store::EntityPermission& entry : entries) {
    json.begin_object();
    json.field("type", entry.type == store::EntityPermission::Type::kUser ? "USER" : "GROUP");
    json.field("idOrKey", entry.id_or_key);
    json.end_object();
  }
  json.end_array();
  return http::Response::json(200, std::move(body));
}

// Whom the change adds and takes away, by name.
std::string permission_details(const std::vector<store::EntityPermission>& before,
                               const std::vector<store::EntityPermission>& after) {
  std::string text;
  JsonWriter json(text);
  const auto list = [&](std::string_view name, const auto& from, const auto& without) {
    json.key(name);
    json.begin_array();
    for (const store::EntityPermission& entry : from) {
      if (std::find(without.begin(), without.end(), entry) != without.end()) continue;
      json.value(fmt::format("{}:{}",
                             entry.type == store::EntityPermission::Type::kUser ? "USER" : "GROUP",
                             entry.id_or_key));
    }
    json.end_array();
  };
  json.begin_object();
  list("added", after, before);
  list("removed", before, after);
  json.end_object();
  return text;
}

}  // namespace
}  // namespace settings_detail

Result<http::Response> get_settings(const ApiContext& context, const http::Request& request) {
  SG_ASSIGN(const auto caller, authenticate(context, request));
  SG_TRY(require_manage(context, caller));
  return settings_detail::settings_response(context);
}

Result<http::Response> put_settings(const ApiContext& context, const http::Request& request) {
  SG_ASSIGN(const auto caller, authenticate(context, request));
  SG_TRY(require_manage(context, caller));
  SG_ASSIGN(const auto all, settings_detail::read_given(request));
  store::SiteSettings site;
  store::NodeSettings node;
  SG_TRY(context.settings.change(
      context.site.id,
      [&](store::SiteSettings& new_site, store::NodeSettings& new_node) -> Status {
        for (const auto& given : all) SG_TRY(settings_detail::apply(given, new_site, new_node));
        site = new_site;
        node = new_node;
        return {};
      },
      [&](db::Connection& connection, const store::SiteSettings& old_site,
          const store::NodeSettings& old_node) -> Status {
        for (auto& details : settings_detail::change_details(old_site, old_node, site, node)) {
          SG_TRY(store::append_audit(
              connection, audit_event(context, caller, request, store::AuditKind::kSettingChanged,
                                      "settings", std::move(details))));
        }
        return {};
      }));
  return settings_detail::settings_response(context);
}

Result<http::Response> get_entity_permissions(const ApiContext& context,
                                              const http::Request& request) {
  SG_ASSIGN(const auto caller, authenticate(context, request));
  SG_TRY(require_manage(context, caller));
  return settings_detail::permissions_response(context);
}

Result<http::Response> put_entity_permissions(const ApiContext& context,
                                              const http::Request& request) {
  SG_ASSIGN(const auto caller, authenticate(context, request));
  SG_TRY(require_manage(context, caller));
  SG_ASSIGN(const auto body, json_body(request));
  if (!body.is(JsonValue::Kind::kArray) || body.items.size() > 1000) {
    return fail(
        Code::kInvalidArgument,
        R"(The body must be a list of at most 1000 entries {"type":"USER","idOrKey":"…"}.)");
  }
  std::vector<store::EntityPermission> entries;
  for (const JsonValue& item : body.items) {
    SG_ASSIGN(auto entry, settings_detail::permission_of(item));
    entries.push_back(std::move(entry));
  }
  store::Permissions permissions(context.store.database());
  SG_ASSIGN(const auto before, permissions.list(context.site.id));
  SG_TRY(context.store.database().write([&](db::Connection& connection) -> Status {
    SG_TRY(store::replace_permissions(connection, context.site.id, 0, entries));
    return store::append_audit(
        connection, audit_event(context, caller, request, store::AuditKind::kPermissionsChanged,
                                "settings/entity-permissions",
                                settings_detail::permission_details(before, entries)));
  }));
  return settings_detail::permissions_response(context);
}

}  // namespace spillguard::api
