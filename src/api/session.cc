#include "api/session.h"

#include <fmt/format.h>

#include "api/access.h"
#include "api/audit_trail.h"
#include "api/handlers.h"
#include "api/json_body.h"
#include "base/encoding.h"
#include "base/json_writer.h"
#include "base/strings.h"
#include "store/sessions.h"

namespace spillguard::api {
namespace session_detail {
namespace {

constexpr size_t kTokenBytes = 32;
constexpr int64_t kLongestMs = INT64_C(12) * 60 * 60 * 1000;

Fingerprint id_of(const ApiContext& context, std::string_view token) {
  return context.key.keyed_hash("ui-session", token);
}

std::string xsrf_token_of(const ApiContext& context, std::string_view token) {
  return context.key.keyed_hash("ui-session-xsrf", token).hex();
}

Result<MasterKey> key_of(const ApiContext& context, std::string_view token) {
  return MasterKey::parse(context.key.keyed_hash("ui-session-key", token).hex());
}

std::string bound_to(const ApiContext& context) {
  return fmt::format("ui-session:{}", context.site.id);
}

// Over TLS only, where the browser came by TLS: to us, to the proxy in front, or to the host's
// address that we stand behind.
std::string cookie(const ApiContext& context, const http::Request& request, std::string_view token,
                   int64_t seconds) {
  const bool secure =
      request.tls ||
      equals_ignore_case(trim(request.headers.get("X-Forwarded-Proto").value_or("")), "https") ||
      context.public_url.starts_with("https://");
  return fmt::format("{}={}; Path={}/rest/security; Max-Age={}; HttpOnly; SameSite=Strict{}",
                     kSessionCookie, token, context.context_path, seconds,
                     secure ? "; Secure" : "");
}

Result<std::string> text_member(const JsonValue& body, std::string_view name) {
  const JsonValue* const member = body.find(name);
  if (member == nullptr) return std::string();
  if (!member->is(JsonValue::Kind::kString)) {
    return fail(Code::kInvalidArgument, fmt::format("The member '{}' must be a text.", name));
  }
  return member->text;
}

// What the body says, as the header that the host would be asked with.
Result<hosts::CallerCredential> login_of(const http::Request& request) {
  SG_ASSIGN(const auto body, json_body(request));
  SG_ASSIGN(const std::string user, text_member(body, "username"));
  SG_ASSIGN(const std::string password, text_member(body, "password"));
  SG_ASSIGN(const std::string token, text_member(body, "token"));
  hosts::CallerCredential credential;
  const bool by_token = !token.empty() && user.empty() && password.empty();
  const bool by_password = token.empty() && !user.empty() && !password.empty();
  if (!by_token && !by_password) {
    return fail(Code::kInvalidArgument,
                "Log in with \"username\" and \"password\", or with \"token\", a personal access "
                "token.");
  }
  if (by_password && user.find(':') != std::string::npos) {
    return fail(Code::kInvalidArgument, "A name with a colon can not log in by password.");
  }
  for (const char c : token) {
    if (c <= ' ' || c > '~') {
      return fail(Code::kInvalidArgument, "A personal access token has no such characters.");
    }
  }
  credential.authorization =
      Secret(by_token ? "Bearer " + token : "Basic " + base64_encode(user + ":" + password));
  return credential;
}

std::string session_json(const hosts::Identity& identity, const OpenSession* session) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.key("user");
  json.begin_object();
  json.field("name", identity.name);
  json.field("displayName", identity.display_name);
  json.end_object();
  if (session == nullptr) {
    json.null_field("xsrfToken");
    json.null_field("expiresAt");
  } else {
    json.field("xsrfToken", session->xsrf_token);
    json.field("expiresAt", format_iso8601(session->expires_at));
  }
  json.end_object();
  return text;
}

}  // namespace
}  // namespace session_detail

Result<std::optional<OpenSession>> session_of(const ApiContext& context,
                                              const http::Request& request) {
  namespace own = session_detail;
  const auto token = request.cookie(kSessionCookie);
  if (!token || token->size() != 2 * own::kTokenBytes) return std::nullopt;
  store::Sessions sessions(context.store.database());
  SG_ASSIGN(const auto known,
            sessions.find(context.site.id, own::id_of(context, *token), now_ms()));
  if (!known) return std::nullopt;
  SG_ASSIGN(const auto key, own::key_of(context, *token));
  SG_ASSIGN(auto login, key.open(known->credential, own::bound_to(context)));
  OpenSession session;
  session.user = known->user;
  session.credential.authorization = Secret(std::move(login));
  session.xsrf_token = own::xsrf_token_of(context, *token);
  session.expires_at = known->expires_at;
  return session;
}

Result<http::Response> create_session(const ApiContext& context, const http::Request& request) {
  namespace own = session_detail;
  SG_TRY(check_xsrf(context, request));
  Caller caller;
  SG_ASSIGN(caller.credential, own::login_of(request));
  SG_ASSIGN(caller.identity,
            context.callers.authenticate(caller.credential, request.remote_address));
  const std::string token = random_hex(own::kTokenBytes);
  const TimeMs now = now_ms();
  SG_ASSIGN(const auto key, own::key_of(context, token));
  const store::Session session{
      .id = own::id_of(context, token),
      .site_id = context.site.id,
      .user = caller.identity.name,
      .credential = key.seal(caller.credential.authorization.reveal(), own::bound_to(context)),
      .created_at = now,
      .used_at = now,
      .expires_at = now + own::kLongestMs};
  SG_TRY(context.store.database().write([&](db::Connection& connection) -> Status {
    SG_TRY(store::add_session(connection, session, now));
    return store::append_audit(
        connection, audit_event(context, caller, request, store::AuditKind::kLoggedIn, "session"));
  }));
  const OpenSession open{.user = session.user,
                         .credential = {},
                         .xsrf_token = own::xsrf_token_of(context, token),
                         .expires_at = session.expires_at};
  auto response = http::Response::json(200, own::session_json(caller.identity, &open));
  response.headers.add("Set-Cookie", own::cookie(context, request, token, own::kLongestMs / 1000));
  return response;
}

Result<http::Response> get_session(const ApiContext& context, const http::Request& request) {
  SG_ASSIGN(const auto caller, authenticate(context, request));
  std::optional<OpenSession> session;
  if (caller.by_session) {
    SG_ASSIGN(session, session_of(context, request));
  }
  return http::Response::json(
      200, session_detail::session_json(caller.identity, session ? &*session : nullptr));
}

Result<http::Response> delete_session(const ApiContext& context, const http::Request& request) {
  namespace own = session_detail;
  // The host is not asked: who wants to leave may, also when the login is not good any more.
  SG_ASSIGN(const auto session, session_of(context, request));
  bool ended = false;
  if (session) {
    SG_TRY(check_session_xsrf(context, request, session->xsrf_token));
    Caller caller;
    caller.identity.name = session->user;
    const std::string token(request.cookie(kSessionCookie).value_or(""));
    SG_TRY(context.store.database().write([&](db::Connection& connection) -> Status {
      SG_ASSIGN(ended, store::end_session(connection, context.site.id, own::id_of(context, token)));
      if (!ended) return {};
      return store::append_audit(connection, audit_event(context, caller, request,
                                                         store::AuditKind::kLoggedOut, "session"));
    }));
  }
  auto response = http::Response::json(200, fmt::format(R"({{"ended":{}}})", ended));
  response.headers.add("Set-Cookie", own::cookie(context, request, "", 0));
  return response;
}

}  // namespace spillguard::api
