// One attempt to read one attachment. Internal to attachment_reader.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "scan/attachment_reader.h"
#include "scan/byte_pipe.h"
#include "scan/document_scan.h"

namespace spillguard::scan {

class AttachmentTransfer {
 public:
  AttachmentTransfer(AttachmentReader& reader, const AttachmentRequest& request,
                     const std::string& rules);
  AttachmentTransfer(const AttachmentTransfer&) = delete;
  AttachmentTransfer& operator=(const AttachmentTransfer&) = delete;
  ~AttachmentTransfer();

  Result<AttachmentAnswer> run();
  // The helper ended before its time, and the bytes are not here any more: worth one more attempt.
  [[nodiscard]] bool lost_helper() const { return pipe_ != nullptr && helper_died(); }
  // Whether it broke off after some bytes: the host's client asks again only as long as none came.
  [[nodiscard]] bool broke_off() const { return bytes_ > 0; }
  // Whether the error is one of the host's; else of ours.
  [[nodiscard]] bool is_hosts() const { return is_hosts_; }

 private:
  [[nodiscard]] bool helper_died() const { return own_.reason == extract::Reason::kHelperDied; }
  Status take(std::string_view piece);
  void start_flow();
  void stop_flow(Status how);
  // What is known of these bytes; nothing when it is ours to read them.
  Result<std::optional<AttachmentAnswer>> claim();
  void extract(const extract::DocumentSource& source);
  void extract_from_memory();
  // After reading: remembers the result for others.
  AttachmentAnswer settle();

  AttachmentReader& reader_;
  const AttachmentRequest& request_;
  const std::string& rules_;
  const std::string name_;
  KeyedHasher hasher_;
  detect::Engine::Scratch scratch_;
  std::string buffer_;
  std::unique_ptr<BytePipe> pipe_;
  std::thread flow_;
  std::optional<DocumentScan> scan_;
  extract::Outcome own_;
  std::optional<Fingerprint> document_;  // once all bytes are there
  uint64_t bytes_ = 0;                   // that came
  bool claimed_ = false;
  bool is_hosts_ = false;
};

}  // namespace spillguard::scan
