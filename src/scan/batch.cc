#include "scan/batch.h"

#include "base/metrics.h"

namespace spillguard::scan {
namespace {

// Often enough that little is read twice after a crash and memory stays flat; rarely enough that
// commits cost nothing.
constexpr size_t kMaxPendingItems = 500;
constexpr int64_t kMaxPendingBytes = 16 << 20;
constexpr size_t kMaxPendingFiles = 64;  // what they gave is small, what they took is not

void count_scanned(int64_t parts, int64_t bytes) {
  static const auto parts_metric =
      metrics::counter("spillguard_parts_total", "Parts that went into the coverage ledger");
  static const auto bytes_metric =
      metrics::counter("spillguard_scanned_bytes_total", "Bytes of text scanned");
  parts_metric.add(static_cast<double>(parts));
  bytes_metric.add(static_cast<double>(bytes));
}

}  // namespace

BatchSink::BatchSink(ScanContext& context, const jobs::Job& job, const BatchScope& scope,
                     std::shared_ptr<const detect::Engine> engine, const std::atomic<bool>& lost)
    : context_(context),
      job_(job),
      scope_id_(scope.scope_id),
      rules_version_(engine->version()),
      lost_(lost),
      engine_(std::move(engine)),
      scanner_(engine_, context.key),
      attachments_(context, scope.site) {
  attachments_.ask_for_all(scope.fresh);
}

Status BatchSink::check_going_on() const {
  if (context_.stop.stopped()) return fail(Code::kCancelled, "the server is stopping");
  if (lost_.load(std::memory_order_relaxed)) {
    return fail(Code::kConflict, "the lease of this scan was lost to another worker");
  }
  return {};
}

Status BatchSink::begin_item(const hosts::ItemRef& item) {
  SG_TRY(check_going_on());
  scanner_.begin(item);
  attachments_.forget_files();
  item_is_scope_ = item.is_scope;
  // Until the host says that a content came with all its versions: what proves nothing replaces
  // nothing.
  item_is_partial_ = true;
  contents_are_complete_ = whole_;
  return {};
}

Status BatchSink::on_part(hosts::Part&& part) {
  SG_TRY(check_going_on());
  if (part.state == hosts::Part::State::kFile) {
    attachments_.add(std::move(part));
    return {};
  }
  const int64_t parts = scanner_.parts();
  const int64_t bytes = scanner_.bytes();
  scanner_.add(part);
  count_scanned(scanner_.parts() - parts, scanner_.bytes() - bytes);
  pending_bytes_ += scanner_.bytes() - bytes;
  return {};
}

Status BatchSink::on_content(const hosts::ContentState& content) {
  // Where only new versions came the ledger of the item grows, nothing is replaced.
  contents_are_complete_ = contents_are_complete_ && content.complete;
  item_is_partial_ = !contents_are_complete_;
  scanner_.add(content);
  return {};
}

Status BatchSink::on_kind(std::string_view kind) {
  scanner_.whole_kind(kind);
  return {};
}

Status BatchSink::end_item(const std::optional<Error>& failed) {
  if (failed) {
    scanner_.fail_item(*failed);
    // What was read stands beside what was known: a failure proves nothing gone.
    item_is_partial_ = true;
  }
  pending_.push_back(scanner_.finish(!item_is_partial_));
  // One version by itself says nothing about the rest of the item.
  if (!whole_) pending_.back().up_to_date = false;
  attachments_.submit(pending_.size() - 1, pending_.back(), engine_);
  if (!item_is_scope_) {
    ++items_;
    ++done_since_checkpoint_;
  }
  if (pending_.size() >= kMaxPendingItems || pending_bytes_ >= kMaxPendingBytes ||
      attachments_.waiting() >= kMaxPendingFiles) {
    return flush();
  }
  return {};
}

Status BatchSink::on_unchanged(const hosts::ItemRef& item) {
  SG_TRY(check_going_on());
  if (const auto known = known_.find(item.id); known != known_.end()) {
    unchanged_.push_back(known->second.id);
    // A renamed project changes the keys of its issues, not their stamps.
    if (known->second.key != item.key || known->second.scope_id != scope_id_) {
      relocated_.push_back({.host_id = item.id, .key = item.key, .link = item.link});
    }
  }
  if (!item.is_scope) ++done_since_checkpoint_;
  return {};
}

Status BatchSink::on_seen(const std::string& item_id, std::string_view content_kind,
                          const std::string& content_id) {
  if (const auto known = known_.find(item_id); known != known_.end()) {
    seen_contents_.push_back({.item_id = known->second.id,
                              .content_kind = std::string(content_kind),
                              .content_id = content_id});
  }
  return {};
}

Status BatchSink::flush(const std::optional<std::string>& checkpoint,
                        std::optional<int64_t> items_total,
                        const std::function<Status(db::Connection&)>& also) {
  SG_TRY(attachments_.join(pending_, documents_));
  store::ScanCommit commit;
  commit.scope_id = scope_id_;
  commit.rules_version = rules_version_;
  commit.items = pending_;
  commit.unchanged = unchanged_;
  commit.relocated = relocated_;
  commit.seen_contents = seen_contents_;
  commit.documents = documents_;
  commit.checkpoint = checkpoint;
  commit.items_total = items_total;
  // Progress goes with the checkpoint: items that are read again after a crash are not counted
  // twice.
  if (checkpoint) commit.items_done_delta = done_since_checkpoint_;
  commit.guard = [&](db::Connection& connection) -> Status {
    SG_TRY(jobs::Queue::check_fence(connection, job_));
    return also ? also(connection) : Status{};
  };
  SG_TRY(context_.store.commit(commit));
  pending_.clear();
  unchanged_.clear();
  relocated_.clear();
  seen_contents_.clear();
  documents_.clear();
  pending_bytes_ = 0;
  if (checkpoint) done_since_checkpoint_ = 0;
  return {};
}

}  // namespace spillguard::scan
