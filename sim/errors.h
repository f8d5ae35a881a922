// The error bodies of the two products.
#pragma once

#include <string>
#include <string_view>

#include "http/message.h"

namespace spillguard::sim {

// {"errorMessages":[message],"errors":{}}
http::Response jira_error(int status, std::string_view message);
// {"message":…,"status-code":…}: what the REST layer says before an endpoint is reached.
http::Response jira_rest_error(int status, std::string_view message);
// {"statusCode":…,"data":{…},"message":…,"reason":…}
http::Response confluence_error(int status, std::string_view message);
// A page of HTML, as the servlet container and the login filter answer.
http::Response html_error(int status, std::string_view message);

// The refusals of one rule in one place.
http::Response jira_not_found();
http::Response jira_unauthenticated();
http::Response confluence_not_found(std::string_view what);

}  // namespace spillguard::sim
