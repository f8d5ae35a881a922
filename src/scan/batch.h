// Takes what a host reads, scans it and commits it in batches: findings, coverage and (at the end
// of a page) the checkpoint in one transaction each. Belongs to one thread and one job.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "jobs/queue.h"
#include "scan/attachment_queue.h"
#include "scan/context.h"
#include "scan/part_scanner.h"

namespace spillguard::scan {

// What a batch is read of.
struct BatchScope {
  const ScanSite* site = nullptr;  // outlives the batch
  int64_t scope_id = 0;
  bool fresh = false;  // bytes of attachments are asked for, whatever is known of them
};

class BatchSink : public hosts::ItemSink {
 public:
  // `job` fences every commit. `lost` is set by whoever renews the lease when it is gone.
  BatchSink(ScanContext& context, const jobs::Job& job, const BatchScope& scope,
            std::shared_ptr<const detect::Engine> engine, const std::atomic<bool>& lost);

  // For reading one version only: what comes adds to what is known instead of replacing it.
  void only_adds() { whole_ = false; }
  // Rows of the items of the page that are in the store already, by host id: set by the lookup.
  void set_known(std::unordered_map<std::string, store::KnownItem> known) {
    known_ = std::move(known);
  }
  [[nodiscard]] const std::unordered_map<std::string, store::KnownItem>& known() const {
    return known_;
  }

  Status begin_item(const hosts::ItemRef& item) override;
  Status on_part(hosts::Part&& part) override;
  Status on_content(const hosts::ContentState& content) override;
  Status on_kind(std::string_view kind) override;
  Status end_item(const std::optional<Error>& failed) override;
  Status on_unchanged(const hosts::ItemRef& item) override;
  Status on_seen(const std::string& item_id, std::string_view content_kind,
                 const std::string& content_id) override;

  // Commits what is pending, with the checkpoint when given. `also` joins the transaction.
  Status flush(const std::optional<std::string>& checkpoint = {},
               std::optional<int64_t> items_total = {},
               const std::function<Status(db::Connection&)>& also = {});

  // Items that were read.
  [[nodiscard]] int64_t items() const { return items_; }

 private:
  Status check_going_on() const;

  ScanContext& context_;
  const jobs::Job& job_;
  int64_t scope_id_;
  std::string rules_version_;
  const std::atomic<bool>& lost_;
  std::shared_ptr<const detect::Engine> engine_;
  PartScanner scanner_;
  AttachmentQueue attachments_;
  bool whole_ = true;
  bool item_is_partial_ = true;
  bool item_is_scope_ = false;
  bool contents_are_complete_ = true;
  std::unordered_map<std::string, store::KnownItem> known_;
  std::vector<store::ItemResult> pending_;
  std::vector<int64_t> unchanged_;
  std::vector<store::RelocatedItem> relocated_;
  std::vector<store::SeenContent> seen_contents_;
  std::vector<store::DocumentRow> documents_;
  int64_t pending_bytes_ = 0;
  int64_t done_since_checkpoint_ = 0;
  int64_t items_ = 0;
};

}  // namespace spillguard::scan
