#include "hosts/webhook_body.h"

#include <algorithm>

#include "base/crypto.h"
#include "base/encoding.h"
#include "base/strings.h"
#include "hosts/json.h"

namespace spillguard::hosts {

namespace {

bool is_digits(std::string_view text) {
  return !text.empty() && text.size() <= 20 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

void add_id(WebhookHint& hint, const std::string& id) {
  // Anything else would be somebody's try at our URLs.
  if (!is_digits(id) && !(id.starts_with("att") && is_digits(std::string_view(id).substr(3)))) {
    return;
  }
  if (std::find(hint.ids.begin(), hint.ids.end(), id) == hint.ids.end()) hint.ids.push_back(id);
}

// "…/rest/api/2/issue/{id}/comment/{cid}": the only place where Data Center names the issue of a
// comment.
std::string issue_in(std::string_view self) {
  constexpr std::string_view kIssue = "/issue/";
  const size_t at = self.find(kIssue);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = self.substr(at + kIssue.size());
  return std::string(rest.substr(0, rest.find('/')));
}

void read_jira(const Json& body, WebhookHint& hint) {
  add_id(hint, body["issue"]["id"].text());
  for (const char* entry : {"comment", "worklog"}) {
    add_id(hint, issue_in(body[entry]["self"].string()));
    add_id(hint, body[entry]["issueId"].text());
  }
  for (const char* side : {"sourceIssueId", "destinationIssueId"}) {
    add_id(hint, body["issueLink"][side].text());
  }
  hint.scopes = hint.event.starts_with("project_");
}

void read_confluence(const Json& body, WebhookHint& hint) {
  for (const char* entry : {"page", "blog", "blogpost", "comment", "attachment", "content",
                            "attachedTo", "parent", "labeled"}) {
    add_id(hint, body[entry]["id"].text());
  }
  const JsonView attachments = body["attachments"];
  for (size_t i = 0; i < attachments.size(); ++i) add_id(hint, attachments.at(i)["id"].text());
  hint.scopes = hint.event.starts_with("space_");
}

}  // namespace

Result<WebhookHint> read_webhook(Product product, std::string_view body) {
  auto json = Json::parse(body);
  if (!json) return fail(Code::kInvalidArgument, "the body of a webhook is JSON");
  WebhookHint hint;
  const bool jira = product == Product::kJira;
  hint.event = (*json)[jira ? "webhookEvent" : "event"].text();
  if (!json->root().is_object() || (!jira && hint.event.empty())) {
    return fail(Code::kInvalidArgument, "this is no webhook: it names no event");
  }
  if (jira) {
    read_jira(*json, hint);
    if (hint.event.empty() && hint.ids.empty()) {
      return fail(Code::kInvalidArgument, "this is no webhook: it names neither event nor issue");
    }
  } else {
    read_confluence(*json, hint);
  }
  if (!hint.ids.empty() || hint.scopes) return hint;
  hint.ignored = hint.event.starts_with("attachment_")
                     ? "names no issue: the next look for changes finds it"
                     : "no text of a project or space changes by it";
  return hint;
}

bool is_signed(std::string_view header, std::string_view secret, std::string_view body) {
  constexpr std::string_view kAlgorithm = "sha256=";
  header = trim(header);
  if (secret.empty() || !starts_with_ignore_case(header, kAlgorithm)) return false;
  const std::string right = hex_encode(hmac_sha256(secret, body));
  return equal_constant_time(to_lower(header.substr(kAlgorithm.size())), right);
}

}  // namespace spillguard::hosts
