// The rules over the API: list, switch, rules of users, and a text to try them on.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "api/access.h"
#include "api/audit_trail.h"
#include "api/errors.h"
#include "api/handlers.h"
#include "api/json_body.h"
#include "api/params.h"
#include "api/rule_admin.h"
#include "base/json_writer.h"
#include "base/padded_text.h"
#include "base/strings.h"
#include "regex/java/java_pattern.h"

namespace spillguard::api {
namespace rules_detail {
namespace {

constexpr size_t kMaxTrialBytes = 1 << 20;
constexpr size_t kMaxTrialMatches = 10'000;

void write_rule(JsonWriter& json, const detect::Rule& rule, const store::CustomRule* custom) {
  json.begin_object();
  json.field("id", rule.id);
  json.field("name", rule.name);
  json.field("title", rule.title);
  json.field("category", rule.category);
  json.field("provider", rule.provider);
  json.field("severity", detect::severity_name(rule.severity));
  json.field("type", custom == nullptr ? "BUILT_IN" : "CUSTOM");
  json.field("builtIn", custom == nullptr);
  json.field("enabled", rule.enabled);
  if (custom != nullptr) {
    json.field("regexp", custom->regexp);
    json.field("description", custom->description);
    json.field("flags", custom->flags);
    json.field("createdAt", format_iso8601(custom->created_at));
    json.field("createdBy", custom->created_by);
    json.field("changedAt", format_iso8601(custom->changed_at));
    json.field("changedBy", custom->changed_by);
  }
  json.end_object();
}

// A custom rule also when the engine does not have it, because it compiles no more.
detect::Rule shown_rule(const store::CustomRule& custom) {
  detect::Rule rule;
  rule.id = custom.id;
  rule.name = custom.name;
  rule.title = custom.description.empty() ? custom.name : custom.description;
  rule.category = custom.category;
  rule.severity = static_cast<detect::Severity>(custom.severity);
  rule.enabled = custom.enabled;
  return rule;
}

http::Response custom_rule_response(const store::CustomRule& custom) {
  std::string body;
  JsonWriter json(body);
  write_rule(json, shown_rule(custom), &custom);
  return http::Response::json(200, std::move(body));
}

// A pattern that is refused: 400 with the place, in the product's form and as members.
http::Response pattern_refused(const ApiContext& context, const Error& error,
                               std::string_view pattern) {
  const auto place = regex::java_error_place(error, pattern);
  std::string message = fmt::format("The pattern is not valid: {}", error.message);
  if (!place) return error_response(context.site.product, 400, message);
  message =
      fmt::format("The pattern is not valid: {} at character {}.", place->reason, place->character);
  http::Response response = error_response(context.site.product, 400, message);
  response.body.pop_back();  // the closing brace
  response.body += fmt::format(R"(,"position":{}}})", place->character);
  return response;
}

// What `given` says of a rule goes into it; members that only answers have are left alone.
Status read_rule(const JsonValue& given, store::CustomRule& rule) {
  using Kind = JsonValue::Kind;
  constexpr std::array<std::string_view, 9> kReadOnly = {"id",        "title",     "provider",
                                                         "type",      "builtIn",   "createdAt",
                                                         "createdBy", "changedAt", "changedBy"};
  if (!given.is(Kind::kObject)) {
    return fail(Code::kInvalidArgument,
                R"(The body must be an object such as {"name":…,"regexp":…,"enabled":true}.)");
  }
  for (const auto& [name, value] : given.members) {
    if (std::find(kReadOnly.begin(), kReadOnly.end(), name) != kReadOnly.end()) continue;
    if (name == "enabled") {
      const auto flag = value.is(Kind::kBool)     ? std::optional(value.flag)
                        : value.is(Kind::kString) ? parse_bool(value.text)
                                                  : std::nullopt;
      if (!flag) return fail(Code::kInvalidArgument, "'enabled' must be true or false.");
      rule.enabled = *flag;
      continue;
    }
    std::string* const text = name == "name"          ? &rule.name
                              : name == "regexp"      ? &rule.regexp
                              : name == "description" ? &rule.description
                              : name == "flags"       ? &rule.flags
                              : name == "category"    ? &rule.category
                                                      : nullptr;
    if (text == nullptr && name != "severity") {
      return fail(Code::kInvalidArgument,
                  fmt::format("'{}' is nothing that a rule has: name, regexp, enabled, "
                              "description, flags, category, severity.",
                              to_valid_utf8(name.substr(0, 60))));
    }
    if (!value.is(Kind::kString)) {
      return fail(Code::kInvalidArgument, fmt::format("'{}' must be text.", name));
    }
    if (text != nullptr) {
      *text = value.text;
      continue;
    }
    const auto severity = detect::parse_severity(to_lower(value.text));
    if (!severity) {
      return fail(Code::kInvalidArgument,
                  "'severity' must be one of info, low, medium, high, critical.");
    }
    rule.severity = static_cast<int>(*severity);
  }
  return {};
}

// Whether the pattern is what is wrong with a rule: then the answer tells the place.
std::optional<http::Response> refused_pattern(const ApiContext& context,
                                              const store::CustomRule& rule) {
  detect::UserRule trial = to_user_rule(rule);
  trial.id = 1;
  const auto made = detect::make_user_rule(trial);
  if (made) return std::nullopt;
  if (regex::java_error_place(made.error(), rule.regexp)) {
    return pattern_refused(context, made.error(), rule.regexp);
  }
  // The API's word for a pattern is regexp.
  std::string message = made.error().message;
  if (message.starts_with("pattern ")) message = "regexp " + message.substr(8);
  return error_response(context.site.product, 400, "The rule is not valid: " + message);
}

Result<int32_t> rule_id_param(const http::Request& request) {
  const auto id = parse_int(request.param("id"));
  if (!id || *id < 0 || *id > INT32_MAX) {
    return fail(Code::kNotFound, "There is no such custom rule; GET rules lists them with ids.");
  }
  return static_cast<int32_t>(*id);
}

// Offsets in characters, as the caller's language counts a text.
class Characters {
 public:
  explicit Characters(std::string_view text) : text_(text) {}
  int64_t at(size_t byte) {
    if (byte < byte_) byte_ = 0, character_ = 0;
    for (; byte_ < byte; ++byte_) {
      if ((static_cast<unsigned char>(text_[byte_]) & 0xC0U) != 0x80U) ++character_;
    }
    return character_;
  }

 private:
  std::string_view text_;
  size_t byte_ = 0;
  int64_t character_ = 0;
};

std::string trial_json(const detect::Engine& engine, std::string_view text) {
  const PaddedText padded(text);
  auto scratch = engine.make_scratch();
  detect::ScanResult result;
  engine.scan(padded.view(), scratch, result);
  const auto rules = engine.rules();
  Characters characters(text);
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.key("matches");
  json.begin_array();
  const size_t shown = std::min(result.matches.size(), kMaxTrialMatches);
  for (size_t i = 0; i < shown; ++i) {
    const detect::Match& match = result.matches[i];
    const detect::Rule& rule = rules[match.rule];
    json.begin_object();
    json.field("ruleId", rule.id);
    json.field("ruleName", rule.name);
    json.field("severity", detect::severity_name(rule.severity));
    json.field("start", characters.at(match.match.begin));
    json.field("end", characters.at(match.match.end));
    json.field("matchText", match.match_text(text));
    json.field("secret", match.secret_text(text));
    json.key("decodedFrom");
    if (match.decoded) {
      json.value(match.decoded->path);
    } else {
      json.null();
    }
    json.key("alsoMatchedBy");
    json.begin_array();
    for (const uint32_t other : match.also) json.value(rules[other].name);
    json.end_array();
    json.end_object();
  }
  json.end_array();
  json.field("total", static_cast<int64_t>(result.matches.size()));
  json.key("limitReached");
  json.begin_array();
  for (const detect::LimitHit& hit : result.limits) json.value(rules[hit.rule].name);
  json.end_array();
  json.end_object();
  return body;
}

}  // namespace
}  // namespace rules_detail

Result<http::Response> get_rules(const ApiContext& context, const http::Request& request) {
  SG_ASSIGN(const auto caller, authenticate(context, request));
  SG_TRY(require_manage(context, caller));
  const auto rules = context.rules.rules();
  const auto custom = context.rule_admin.custom_rules();
  std::string body;
  JsonWriter json(body);
  json.begin_array();
  for (const detect::Rule& rule : rules->rules()) {
    const bool own = std::any_of(custom.begin(), custom.end(),
                                 [&](const auto& other) { return other.id == rule.id; });
    if (!own) rules_detail::write_rule(json, rule, nullptr);
  }
  for (const store::CustomRule& rule : custom) {
    rules_detail::write_rule(json, rules_detail::shown_rule(rule), &rule);
  }
  json.end_array();
  return http::Response::json(200, std::move(body));
}

Result<http::Response> put_built_in_rule(const ApiContext& context, const http::Request& request) {
  SG_ASSIGN(const auto caller, authenticate(context, request));
  SG_TRY(require_manage(context, caller));
  SG_TRY(required_param(request, "enabled"));
  SG_ASSIGN(const auto enabled, bool_param(request, "enabled"));
  const std::string name(request.param("name"));
  SG_TRY(context.rule_admin.set_enabled(
      name, *enabled, audit_event(context, caller, request, store::AuditKind::kRuleToggled, "")));
  std::string body;
  JsonWriter json(body);
  const auto rules = context.rules.rules();
  const detect::Rule* rule = rules->find(name);
  if (rule == nullptr) return fail(Code::kNotFound, "The rule is gone.");
  rules_detail::write_rule(json, *rule, nullptr);
  return http::Response::json(200, std::move(body));
}

Result<http::Response> create_custom_rule(const ApiContext& context, const http::Request& request) {
  SG_ASSIGN(const auto caller, authenticate(context, request));
  SG_TRY(require_manage(context, caller));
  SG_ASSIGN(const auto given, json_body(request));
  store::CustomRule rule;
  rule.severity = static_cast<int>(detect::Severity::kHigh);
  SG_TRY(rules_detail::read_rule(given, rule));
  if (auto refused = rules_detail::refused_pattern(context, rule)) return *std::move(refused);
  SG_ASSIGN(const auto made,
            context.rule_admin.create(
                std::move(rule),
                audit_event(context, caller, request, store::AuditKind::kCustomRuleCreated, "")));
  return rules_detail::custom_rule_response(made);
}

Result<http::Response> update_custom_rule(const ApiContext& context, const http::Request& request) {
  SG_ASSIGN(const auto caller, authenticate(context, request));
  SG_TRY(require_manage(context, caller));
  SG_ASSIGN(const int32_t id, rules_detail::rule_id_param(request));
  SG_ASSIGN(const auto enabled, bool_param(request, "enabled"));
  JsonValue given;
  if (!trim(request.body).empty()) {
    SG_ASSIGN(given, json_body(request));
  } else if (!enabled) {
    return fail(Code::kInvalidArgument, "Give a JSON body, or ?enabled=true or false.");
  } else {
    given.kind = JsonValue::Kind::kObject;
  }
  // Tried on a copy first: the answer to a bad pattern needs the whole rule.
  const auto all = context.rule_admin.custom_rules();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const store::CustomRule& rule) { return rule.id == id; });
  if (found == all.end()) {
    return fail(Code::kNotFound,
                fmt::format("There is no custom rule {}; GET rules lists them with ids.", id));
  }
  store::CustomRule trial = *found;
  SG_TRY(rules_detail::read_rule(given, trial));
  trial.enabled = enabled.value_or(trial.enabled);
  if (auto refused = rules_detail::refused_pattern(context, trial)) return *std::move(refused);
  SG_ASSIGN(const auto changed,
            context.rule_admin.update(
                id,
                [&](store::CustomRule& rule) {
                  static_cast<void>(rules_detail::read_rule(given, rule));  // as above
                  rule.enabled = enabled.value_or(rule.enabled);
                },
                audit_event(context, caller, request, store::AuditKind::kCustomRuleUpdated, "")));
  return rules_detail::custom_rule_response(changed);
}

Result<http::Response> delete_custom_rule(const ApiContext& context, const http::Request& request) {
  SG_ASSIGN(const auto caller, authenticate(context, request));
  SG_TRY(require_manage(context, caller));
  SG_ASSIGN(const int32_t id, rules_detail::rule_id_param(request));
  SG_TRY(context.rule_admin.remove(
      id, audit_event(context, caller, request, store::AuditKind::kCustomRuleDeleted, "")));
  return http::Response::json(200, fmt::format(R"({{"id":{},"deleted":true}})", id));
}

Result<http::Response> test_rules(const ApiContext& context, const http::Request& request) {
  SG_ASSIGN(const auto caller, authenticate(context, request));
  SG_TRY(require_manage(context, caller));
  using Kind = JsonValue::Kind;
  SG_ASSIGN(const auto given, json_body(request));
  const JsonValue* const text = given.is(Kind::kObject) ? given.find("text") : nullptr;
  if (text == nullptr || !text->is(Kind::kString)) {
    return fail(Code::kInvalidArgument, R"(The body must be an object with the "text" to try.)");
  }
  if (text->text.size() > rules_detail::kMaxTrialBytes) {
    return fail(Code::kTooLarge, "The text to try is over 1 MB.");
  }
  std::shared_ptr<const detect::Engine> engine = context.rules.engine();
  const JsonValue* const name = given.find("ruleName");
  if (given.find("regexp") != nullptr) {
    JsonValue rest = given;
    std::erase_if(rest.members, [](const auto& member) {
      return member.name == "text" || member.name == "ruleName";
    });
    store::CustomRule rule{.id = 1, .name = "TRIAL", .regexp = {}, .description = {}};
    SG_TRY(rules_detail::read_rule(rest, rule));
    rule.enabled = true;
    if (auto refused = rules_detail::refused_pattern(context, rule)) return *std::move(refused);
    SG_ASSIGN(auto made, detect::make_user_rule(to_user_rule(rule)));
    SG_ASSIGN(engine,
              detect::Engine::build(detect::RuleSet::of({std::move(made)}), {.self_check = false}));
  } else if (name != nullptr && name->is(Kind::kString)) {
    const auto rules = context.rules.rules();
    const detect::Rule* const rule = rules->find(name->text);
    if (rule == nullptr) return fail(Code::kNotFound, "There is no rule of that name.");
    detect::Rule alone = *rule;
    alone.enabled = true;
    SG_ASSIGN(engine, detect::Engine::build(detect::RuleSet::of({std::move(alone)}),
                                            {.self_check = false}));
  }
  return http::Response::json(200, rules_detail::trial_json(*engine, text->text));
}

}  // namespace spillguard::api
