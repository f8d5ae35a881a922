// From an issue's JSON to parts: its texts, its history with versions, its attachments. Pure but
// for the sink. The parts and their kinds are the ledger's.
//
// Versions of an issue's texts: version 1 is the first value; the k-th change of a field leads from
// version k to version k+1; the value of now is the last version. Comments and worklogs keep no
// history on the host: their version is 1 while never edited, else the time of the edit, so that an
// edit makes what was found before historical.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "hosts/host.h"
#include "hosts/jira_fields.h"
#include "hosts/json.h"

namespace spillguard::hosts {

// kCorrupt when the JSON has no id or no key.
Result<ItemRef> jira_issue_ref(JsonView issue);

// Summary, description, environment, labels, custom fields, history, links and attachments, with
// their contents.
Status emit_jira_issue(JsonView issue, const JiraFields& fields, ItemSink& sink);

// One text of a project or space itself.
struct ScopeText {
  std::string kind;
  std::string id;
  std::string text;
};
// The texts of a scope as an item, unless they are known as they are. `ref` names it.
Status emit_scope(ItemRef ref, std::vector<ScopeText> texts, const PageRequest& request,
                  ItemSink& sink);
// Those of a project: its description, its versions and components.
Status emit_jira_project(JsonView project, const PageRequest& request, ItemSink& sink);

// The answer of GET /issue/{id}/remotelink.
Status emit_remote_links(JsonView list, ItemSink& sink);

// A text without a history as a part with its content; nothing when it is empty.
Status jira_text_part(std::string_view kind, const std::string& id, std::string text,
                      ItemSink& sink);

// One comment or worklog (`kind` says which) as a part with its content; nothing when it is empty.
Status emit_jira_comment(JsonView comment, std::string_view kind, std::string_view body_key,
                         ItemSink& sink);

// All non-empty strings in a field's value, in document order, one a line; links to pictures and to
// the value itself are left out.
std::string jira_strings(JsonView value);

}  // namespace spillguard::hosts
