// What the hosts' HTTP answers mean when they are not the JSON that was asked for. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"
#include "http/client.h"

namespace spillguard::hosts {

// The host's own words in an error body: Jira's {errorMessages,errors}, {message,"status-code"} and
// HTML, Confluence's {statusCode,message,reason}. One line, at most 300 bytes; "" when there are
// none.
std::string host_words(std::string_view body);

// The error that a status that is not 2xx stands for; `what` names the question.
Error http_error(const http::ClientResponse& response, std::string_view what);

// A page for people where JSON was expected.
bool looks_like_html(const http::ClientResponse& response);
// Such a page, or a redirect, that asks for a login.
bool looks_like_login(const http::ClientResponse& response);

// X-Seraph-LoginReason says that the credential was refused, though the answer may be a 200 for
// anonymous.
bool login_refused(const http::Headers& headers);

// "Sun, 06 Nov 1994 08:49:37 GMT", the form that HTTP prescribes; nothing for any other.
std::optional<TimeMs> parse_http_date(std::string_view text);

// X-AUSERNAME, decoded; "" when absent.
std::string answered_user(const http::Headers& headers);

}  // namespace spillguard::hosts
