// An issue of the simulated Jira in plain values, before it becomes JSON. Made when needed, not
// kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "sim/files.h"

namespace spillguard::sim {

// A person as the JSON object that stands in answers; "" where the host has none (anonymous).
using PersonJson = std::string;

struct JiraComment {
  int64_t id = 0;
  PersonJson author;
  std::string body;
  TimeMs created = 0;
  TimeMs updated = 0;
  bool for_administrators = false;  // visibility: role Administrators
};

struct JiraWorklog {
  int64_t id = 0;
  PersonJson author;
  std::string comment;
  TimeMs created = 0;
  int64_t seconds = 0;
};

// One change of one field. Empty texts stand for null.
struct JiraChange {
  std::string field;  // display name: "description", "Deployment notes"
  bool custom = false;
  std::string from;
  std::string from_string;
  std::string to;
  std::string to_string;
};

struct JiraHistory {
  int64_t id = 0;
  PersonJson author;
  TimeMs created = 0;
  std::vector<JiraChange> changes;
};

struct JiraAttachment {
  int64_t id = 0;
  PersonJson author;
  std::string name;
  std::string mime_type;
  TimeMs created = 0;
  uint64_t size = 0;
  FilePtr file = {};  // its bytes; without, they are made up of id, size and type
};

struct JiraProperty {
  std::string key;
  std::string json;
};

struct JiraRemoteLink {
  int64_t id = 0;
  std::string title;
  std::string url = {};
};

// A field whose value is JSON already: status, labels, custom fields.
struct JiraField {
  std::string id;
  std::string json;
  bool has_text = false;  // a custom field with at least one non-empty string in it
};

struct JiraIssue {
  int64_t id = 0;
  std::string key;
  size_t project = 0;
  TimeMs created = 0;
  TimeMs updated = 0;
  std::string summary;
  std::string description = {};
  std::string environment;
  std::vector<JiraField> fields;
  std::vector<JiraComment> comments;
  std::vector<JiraWorklog> worklogs;
  std::vector<JiraHistory> histories;  // oldest first
  std::vector<JiraAttachment> attachments;
  std::vector<JiraRemoteLink> remote_links;
  std::vector<JiraProperty> properties = {};

  // The custom field of that id, added when the issue has none yet.
  JiraField& field(const std::string& field_id);
};

struct JiraProject {
  int64_t id = 0;
  std::string key;
  std::string name;
  std::string description = {};
  std::string url = {};
  std::string components_json = "[]";
  std::string versions_json = "[]";
  std::vector<std::string> former_keys = {};  // those that it had before it was renamed
  bool archived = false;
  std::string first_key = {};  // the one that its issues were made with
  bool changed = false;        // renamed while we ran: what issues say of it is older
};

// What is known of every issue without making it: enough for searching and sorting.
struct JiraRecord {
  int64_t id = 0;
  size_t project = 0;
  int64_t number = 0;  // of the key
  TimeMs created = 0;
  TimeMs updated = 0;
  size_t source = 0;    // index into the generator or the loaded data
  bool loaded = false;  // which of the two
  bool deleted = false;
  bool restricted = false;  // a security level that only the user admin has
  bool archived = false;    // not found by searches
  bool moved = false;       // made for another project
};

}  // namespace spillguard::sim
