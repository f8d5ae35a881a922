// The content of the simulated Confluence in plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <vector>

#include "base/time.h"
#include "sim/files.h"

namespace spillguard::sim {

// One version of a page, blog post or comment.
struct WikiVersion {
  int64_t number = 1;
  TimeMs when = 0;
  size_t author = 0;  // index into all_users()
  std::string message = {};
  std::string title = {};  // "" for comments
  std::string body = {};   // storage format
};

struct WikiComment {
  int64_t id = 0;
  std::string location;        // "footer", "inline", "resolved"
  int64_t parent = 0;          // the comment that this one answers, 0 = none
  std::string selection = {};  // of inline ones: the text of the page that was marked
  std::vector<WikiVersion> versions = {};
  bool gone = false;
};

struct WikiAttachment {
  int64_t id = 0;
  std::string name;
  std::string mime_type;
  std::string comment = {};
  uint64_t size = 0;
  TimeMs when = 0;
  size_t author = 0;
  bool gone = false;
  int64_t versions = 1;  // with other bytes each
  FilePtr file = {};     // the bytes of the newest; without, they are made up of id, size and type
};

struct WikiProperty {
  std::string key;
  std::string json;
};

enum class WikiStatus { kCurrent, kDraft, kTrashed, kGone };

struct WikiPage {
  int64_t id = 0;
  size_t space = 0;
  bool blog = false;
  int64_t parent = 0;
  std::vector<WikiVersion> versions = {};  // oldest first, never empty; numbers may have gaps
  // Lists, so that items stay where they are while others are added.
  std::list<WikiComment> comments = {};
  std::list<WikiAttachment> attachments = {};
  WikiStatus status = WikiStatus::kCurrent;
  bool restricted = false;  // only the user admin may see it
  std::vector<std::string> labels = {};
  std::vector<WikiProperty> properties = {};

  [[nodiscard]] const WikiVersion& newest() const { return versions.back(); }
};

struct WikiSpace {
  int64_t id = 0;
  std::string key;
  std::string name;
  std::string description = {};
  bool personal = false;
  int64_t homepage = 0;
  TimeMs created = 0;
  bool archived = false;
};

}  // namespace spillguard::sim
