#include "scan/attachment_queue.h"

#include <algorithm>
#include <set>
#include <utility>

#include "scan/document_scan.h"
#include "store/evidence.h"

namespace spillguard::scan {
namespace attachment_queue {
namespace {

void count(store::ItemResult& item, const std::string& kind, store::PartStatus status,
           const std::string& reason, int64_t bytes) {
  for (store::CoverageCell& cell : item.coverage) {
    if (cell.kind != kind || cell.status != status || cell.reason != reason) continue;
    ++cell.parts;
    cell.bytes += bytes;
    return;
  }
  item.coverage.push_back(
      {.kind = kind, .status = status, .reason = reason, .parts = 1, .bytes = bytes});
}

// The content of the file as the host described it.
store::ContentRead* content_of(store::ItemResult& item, const hosts::Part& file) {
  for (store::ContentRead& content : item.contents) {
    if (content.content_kind == file.content_kind && content.content_id == file.content_id) {
      return &content;
    }
  }
  return nullptr;
}

void add_findings(store::ItemResult& item, const hosts::Part& file, store::DocumentResult& document,
                  const MasterKey& key) {
  for (store::DocumentFinding& found : document.findings) {
    found.evidence.place = place_in(file.file_name, document.type, found.evidence.place);
    store::NewFinding finding;
    finding.content_kind = file.content_kind;
    finding.content_id = file.content_id;
    finding.rule_id = found.rule_id;
    finding.rule_name = std::move(found.rule_name);
    finding.severity = found.severity;
    finding.fingerprint = found.fingerprint;
    finding.versions.add(file.version);
    finding.evidence = store::seal_evidence(key, found.fingerprint, found.evidence);
    finding.author = file.author;
    finding.created_when = file.created;
    item.findings.push_back(std::move(finding));
  }
}

void apply(store::ItemResult& item, const hosts::Part& file, AttachmentAnswer& answer,
           const MasterKey& key, bool has_marks) {
  store::DocumentResult& document = answer.result;
  const int64_t bytes = file.bytes > 0 ? file.bytes : document.bytes;
  count(item, file.kind, document.status, document.reason, bytes);
  if (document.status != store::PartStatus::kScanned) {
    item.problems.push_back({.kind = file.kind,
                             .content_id = file.content_id,
                             .version = file.version,
                             .status = document.status,
                             .reason = document.reason,
                             .detail = document.detail,
                             .bytes = bytes});
  }
  if (store::ContentRead* content = content_of(item, file)) {
    if (document.is_final) content->scanned.add(file.version);
    if (answer.is_passing) {
      content->highest_read = std::min(content->highest_read, file.version - 1);
    }
  }
  // Where contents have no marks of their own the whole item is to be read again.
  if (answer.is_passing && !has_marks) item.up_to_date = false;
  item.attachments.push_back({.content_id = file.content_id,
                              .version = file.version,
                              .name = store::seal_title(key, file.content_id, file.file_name),
                              .status = document.status,
                              .reason = document.reason,
                              .detail = document.detail,
                              .bytes = file.bytes,
                              .parts = document.parts,
                              .files = document.files,
                              .document = answer.document});
  add_findings(item, file, document, key);
}

}  // namespace
}  // namespace attachment_queue

void AttachmentQueue::submit(size_t index, const store::ItemResult& item,
                             const std::shared_ptr<const detect::Engine>& engine) {
  const bool wanted = site_ != nullptr && context_.attachments != nullptr;
  const bool off = site_ != nullptr && !context_.scan_attachments(site_->site.id);
  for (hosts::Part& file : files_) {
    Waiting waiting{.index = index, .file = std::move(file), .rules = {}, .answer = {}};
    if (off || !wanted) {
      std::promise<Result<AttachmentAnswer>> none;
      AttachmentAnswer answer;
      answer.result = not_read(store::PartStatus::kSkipped, off ? "switched_off" : "not_opened",
                               waiting.file.detail);
      none.set_value(std::move(answer));
      waiting.answer = none.get_future();
    } else {
      waiting.rules = engine->version() + " " + context_.attachments->version();
      waiting.answer =
          context_.attachments->read({.host = site_->host,
                                      .attachment = {.site_id = site_->site.id,
                                                     .item_host_id = item.item.host_id,
                                                     .content_id = waiting.file.content_id,
                                                     .version = waiting.file.version,
                                                     .bytes = waiting.file.bytes},
                                      .name = waiting.file.file_name,
                                      .link = waiting.file.file_link,
                                      .engine = engine,
                                      .fresh = fresh_,
                                      .dropped = dropped_});
    }
    waiting_.push_back(std::move(waiting));
  }
  files_.clear();
}

Status AttachmentQueue::join(std::vector<store::ItemResult>& items,
                             std::vector<store::DocumentRow>& documents) {
  const bool has_marks = site_ != nullptr && site_->host->product() == hosts::Product::kConfluence;
  std::set<Fingerprint> written;
  for (Waiting& waiting : waiting_) {
    auto answer = waiting.answer.get();
    if (!answer) return fail(std::move(answer).error());
    if (answer->document && answer->sealed != nullptr && written.insert(*answer->document).second) {
      documents.push_back(
          {.key = *answer->document, .rules = waiting.rules, .result = *answer->sealed});
    }
    attachment_queue::apply(items.at(waiting.index), waiting.file, *answer, context_.key,
                            has_marks);
  }
  waiting_.clear();
  return {};
}

}  // namespace spillguard::scan
