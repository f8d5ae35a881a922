// Reads attachments: bytes from the host, texts from the extraction helper, findings from the
// engine. Works beside the scans, which go on listing meanwhile, with a few threads of its own for
// the whole process; whoever submits waits when they are behind.
//
// Small files are held in memory until it is known whether the same bytes were read before; large
// ones flow through a bounded buffer into the helper while they come. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/crypto.h"
#include "base/threads.h"
#include "detect/engine.h"
#include "extract/extractor.h"
#include "hosts/host.h"
#include "scan/document_results.h"
#include "store/documents.h"

namespace spillguard::scan {

struct AttachmentOptions {
  extract::ExtractorOptions extractor;
  extract::Limits limits;
  uint64_t most_bytes = uint64_t{100} << 20U;  // larger ones are skipped as "too_large"
  uint64_t in_memory = uint64_t{8} << 20U;     // larger ones flow
  size_t threads = 2;
};

struct AttachmentRequest {
  hosts::Host* host = nullptr;
  store::AttachmentKey attachment;
  std::string name;
  std::string link = {};  // where the listing says that the bytes are
  std::shared_ptr<const detect::Engine> engine;
  bool fresh = false;  // the bytes are asked for, whatever is known of this attachment
  // Set when nobody wants the answer any more.
  std::shared_ptr<const std::atomic<bool>> dropped;
};

struct AttachmentAnswer {
  store::DocumentResult result;
  bool is_passing = false;  // what failed may go well the next time
  std::optional<Fingerprint> document;
  // To be stored with the item; nothing when it is in the store.
  DocumentResults::Sealed sealed;
};

class AttachmentReader {
 public:
  // Without a helper, or a sandbox that is required, it works and says so of each attachment.
  AttachmentReader(AttachmentOptions options, db::Database& database, const MasterKey& key,
                   StopFlag& stop);
  AttachmentReader(const AttachmentReader&) = delete;
  AttachmentReader& operator=(const AttachmentReader&) = delete;
  ~AttachmentReader();

  // An error ends the whole reading (the host is down, our login refused, a stop); everything else
  // is a result for the ledger.
  std::future<Result<AttachmentAnswer>> read(AttachmentRequest request);

  // Changes when the same bytes may give something else: how attachments are read.
  [[nodiscard]] std::string version() const;
  // Of the helpers that are alive, for tests.
  [[nodiscard]] std::vector<int> helper_pids();

 private:
  friend class AttachmentTransfer;
  Result<AttachmentAnswer> run(const AttachmentRequest& request);
  // From the store, when this very attachment was read under the rules of now.
  Result<std::optional<AttachmentAnswer>> known(const AttachmentRequest& request,
                                                const std::string& rules);
  Result<AttachmentAnswer> give(const Fingerprint& document, const std::string& sealed) const;
  Result<AttachmentAnswer> host_failed(const AttachmentRequest& request, const Error& error);
  [[nodiscard]] Status check_wanted(const AttachmentRequest& request) const;
  detect::Engine::Scratch take_scratch(const std::shared_ptr<const detect::Engine>& engine);
  void give_back(const std::shared_ptr<const detect::Engine>& engine,
                 detect::Engine::Scratch scratch);

  AttachmentOptions options_;
  db::Database& database_;
  const MasterKey& key_;
  StopFlag& stop_;
  std::unique_ptr<extract::Extractor> extractor_;
  std::string trouble_;  // why there is no extractor
  DocumentResults results_;
  std::mutex mutex_;
  std::shared_ptr<const detect::Engine> scratch_engine_;
  std::vector<detect::Engine::Scratch> scratches_;
  ThreadPool pool_;  // last: its threads use all of the above
};

// "report.tar.gz" as the helper is told it: of the name only what says of which kind the file is,
// so that equal bytes are equal documents.
std::string plain_name(std::string_view name);
// The whole place of a finding for people: "report.zip › data/a.xlsx › Sheet2!C14".
std::string place_in(std::string_view name, std::string_view type, std::string_view place);

}  // namespace spillguard::scan
