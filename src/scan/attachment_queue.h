// The attachments of items that wait to be committed: handed to the reader while the listing goes
// on, and joined with their items before these are written. Belongs to one batch.
#pragma once

#include <atomic>
#include <cstddef>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "scan/attachment_reader.h"
#include "scan/context.h"
#include "store/types.h"

namespace spillguard::scan {

class AttachmentQueue {
 public:
  // `context` and `site` outlive this. `fresh`: every attachment is asked for, whatever is known.
  AttachmentQueue(ScanContext& context, const ScanSite* site) : context_(context), site_(site) {}
  AttachmentQueue(const AttachmentQueue&) = delete;
  AttachmentQueue& operator=(const AttachmentQueue&) = delete;
  ~AttachmentQueue() { dropped_->store(true); }

  void ask_for_all(bool fresh) { fresh_ = fresh; }
  // A file of the item that is being read.
  void add(hosts::Part&& file) { files_.push_back(std::move(file)); }
  // The item is `item` in the batch; its files are read from now on.
  void submit(size_t index, const store::ItemResult& item,
              const std::shared_ptr<const detect::Engine>& engine);
  void forget_files() { files_.clear(); }

  [[nodiscard]] size_t waiting() const { return waiting_.size(); }
  // Waits for all, and adds what they gave to their items. The rows of documents are to be written
  // with them. An error ends the reading.
  Status join(std::vector<store::ItemResult>& items, std::vector<store::DocumentRow>& documents);

 private:
  struct Waiting {
    size_t index = 0;
    hosts::Part file;
    std::string rules;
    std::future<Result<AttachmentAnswer>> answer;
  };

  ScanContext& context_;
  const ScanSite* site_;
  bool fresh_ = false;
  std::vector<hosts::Part> files_;
  std::vector<Waiting> waiting_;
  std::shared_ptr<std::atomic<bool>> dropped_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace spillguard::scan
