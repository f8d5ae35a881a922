// What the hosts' HTTP answers mean when they are not the JSON that was asked for. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
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

// X-AUSERNAME, decoded; "" when absent.
std::string answered_user(const http::Headers& headers);

}  // namespace spillguard::hosts
