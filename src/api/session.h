// Our own sessions, for the web interface: who logs in with the host's name and password (or a
// personal access token) gets a cookie that stands for them. The cookie holds a random token and
// nothing else; the login lies in the store, sealed under a key made of that token. It is asked of
// the host again and again as any other: a session gives no right that the login does not have.
#pragma once

#include <optional>
#include <string>

#include "api/context.h"
#include "base/error.h"
#include "base/time.h"
#include "http/message.h"

namespace spillguard::api {

struct OpenSession {
  std::string user;
  hosts::CallerCredential credential;
  std::string xsrf_token;  // what changes something must carry it in kXsrfHeader
  TimeMs expires_at = 0;
};

inline constexpr std::string_view kSessionCookie = "spillguard.session";
inline constexpr std::string_view kXsrfHeader = "X-Spillguard-Token";

// That of the request's cookie; none when it has no such cookie, or one that has ended.
Result<std::optional<OpenSession>> session_of(const ApiContext& context,
                                              const http::Request& request);

}  // namespace spillguard::api
