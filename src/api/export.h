// What all exports share: which scopes, in which form, under which settings; and the answer that
// streams. Internal to the exports' handlers.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "api/access.h"
#include "api/context.h"
#include "api/export_rows.h"
#include "store/audit.h"

namespace spillguard::api {

enum class ExportFormat { kCsv, kJsonLines, kSarif };

struct ExportRequest {
  Caller caller;
  ExportFormat format = ExportFormat::kCsv;
  bool plaintext = false;  // the matched texts themselves; else masked
  bool deduplicate = true;
  std::optional<bool> reviewed;
  std::vector<int32_t> rule_ids;
  std::vector<store::Scope> scopes;  // that the caller administers
  std::string scope_key;             // "" = all of them
};

// Authenticates, reads the parameters, finds the scopes: that of {key}, or all that the caller
// administers. SARIF is for findings only.
Result<ExportRequest> read_export_request(const ApiContext& context, const http::Request& request,
                                          bool takes_sarif);

using ExportBody = std::function<Status(BufferedBody&)>;
// Audits, and answers with a download named "spillguard-<what>[-KEY]-<date>.<ending>" that `body`
// writes. kUnavailable when too many exports run.
Result<http::Response> export_response(const ApiContext& context, const http::Request& request,
                                       const ExportRequest& wanted, store::AuditKind kind,
                                       std::string_view what, ExportBody body);

// Those of the items that the caller may see, by their ids on the host.
class VisibleItems {
 public:
  VisibleItems(const ApiContext& context, const Caller& caller)
      : context_(context), caller_(caller) {}
  // Asks for a batch at once; then sees() knows them.
  Status ask(const std::vector<std::string>& host_ids);
  [[nodiscard]] bool sees(const std::string& host_id) const;

 private:
  const ApiContext& context_;
  const Caller& caller_;
  std::unordered_set<std::string> visible_;
};

// Clear text of a title, with what the rules find in it masked unless plaintext is wanted.
class TitleReader {
 public:
  TitleReader(const ApiContext& context, bool plaintext);
  // The title of the item with this id on the host; remembers the last one.
  Result<std::string_view> read(const std::string& item_host_id, const std::string& sealed);
  // Any text of people in the same way.
  std::string shown(std::string text);

 private:
  const ApiContext& context_;
  const bool plaintext_;
  std::shared_ptr<const detect::Engine> engine_;
  detect::Engine::Scratch scratch_;
  std::string last_id_;
  std::string last_title_;
};

}  // namespace spillguard::api
