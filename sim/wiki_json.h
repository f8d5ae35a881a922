// Confluence's objects as JSON, with what the caller asked to have expanded.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"
#include "sim/wiki_site.h"

namespace spillguard::sim {

// The words of the expand parameter, "body.storage" as well as the "body" in it.
class Expand {
 public:
  // All values of the parameter; `missing` when there is none.
  Expand(const http::Request& request, std::string_view missing);
  // The words of a list with commas.
  explicit Expand(std::string_view words) { take(words); }
  // What is asked for inside of `word`: "body.storage" of "content.body.storage".
  [[nodiscard]] Expand inside(std::string_view word) const;
  [[nodiscard]] bool has(std::string_view word) const { return words_.contains(word); }
  [[nodiscard]] bool any() const { return !words_.empty(); }

 private:
  void take(std::string_view words);
  std::set<std::string, std::less<>> words_;
};

// One version of an item; the newest unless said otherwise. `single`: the answer is this object
// alone.
void append_content(std::string& out, const WikiSite& site, const WikiItem& item,
                    const WikiVersion* version, const Expand& expand, bool single);
void append_space(std::string& out, const WikiSite& site, size_t space, const Expand& expand,
                  bool single);
void append_user(std::string& out, std::string_view base_url, size_t user);
// `latest`: of the newest version.
void append_history(std::string& out, const WikiSite& site, const WikiItem& item, bool latest,
                    bool with_last_update);
// {"page":{list},"comment":…,"attachment":…}: the kinds that `expand` names, up to 25 of each.
void append_children(std::string& out, const WikiSite& site, const WikiItem& item,
                     const Expand& expand);
// The labels of a page or blog post, separated by commas.
void append_labels(std::string& out, const WikiItem& item);
// Who may do it ("read", "update"), when not everybody may.
void append_restriction(std::string& out, const WikiSite& site, const WikiItem& item,
                        std::string_view operation);
void append_version(std::string& out, const WikiSite& site, const WikiItem& item,
                    const WikiVersion& version);

}  // namespace spillguard::sim
