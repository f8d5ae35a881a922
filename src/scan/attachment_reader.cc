#include "scan/attachment_reader.h"

#include <fmt/format.h>

#include "base/log.h"
#include "base/metrics.h"
#include "base/strings.h"
#include "scan/attachment_transfer.h"

namespace spillguard::scan {
namespace attachment_reader {
namespace {

// Transfers that broke in the middle, and a helper that died, are tried again.
constexpr int kMostAttempts = 3;
constexpr std::string_view kFormat = "1";  // of what is read; changes when readers learn

bool is_passing(Code code) {
  return code == Code::kUnavailable || code == Code::kTimeout || code == Code::kCorrupt ||
         code == Code::kIo;
}

void count(const AttachmentAnswer& answer, bool known) {
  metrics::counter("spillguard_attachments_total", "Attachments that were looked at, by outcome",
                   {{"outcome", std::string(store::part_status_name(answer.result.status))},
                    {"known", known ? "yes" : "no"}})
      .add();
}

AttachmentAnswer plain(store::PartStatus status, std::string reason, std::string detail) {
  AttachmentAnswer answer;
  answer.result = not_read(status, std::move(reason), std::move(detail));
  return answer;
}

}  // namespace
}  // namespace attachment_reader

AttachmentReader::AttachmentReader(AttachmentOptions options, db::Database& database,
                                   const MasterKey& key, StopFlag& stop)
    : options_(std::move(options)),
      database_(database),
      key_(key),
      stop_(stop),
      pool_("attach", std::max<size_t>(1, options_.threads), 2 * options_.threads) {
  options_.extractor.stop = &stop;
  options_.extractor.helpers = std::max<size_t>(1, options_.threads);
  auto started = extract::Extractor::start(options_.extractor);
  if (started) {
    extractor_ = std::move(*started);
    log::info("attachments are opened by helpers under: {}", extractor_->sandbox());
  } else {
    trouble_ = started.error().message;
    log::error("attachments are not opened: {}", trouble_);
  }
}

AttachmentReader::~AttachmentReader() = default;

std::string AttachmentReader::version() const {
  return fmt::format("{} {} {}{}", attachment_reader::kFormat, options_.most_bytes,
                     options_.limits.ocr ? "ocr" : "text", extractor_ == nullptr ? " none" : "");
}

std::vector<int> AttachmentReader::helper_pids() {
  return extractor_ == nullptr ? std::vector<int>() : extractor_->helper_pids();
}

std::future<Result<AttachmentAnswer>> AttachmentReader::read(AttachmentRequest request) {
  auto promise = std::make_shared<std::promise<Result<AttachmentAnswer>>>();
  auto answer = promise->get_future();
  const bool queued = pool_.submit(
      [this, promise, request = std::move(request)] { promise->set_value(run(request)); });
  if (!queued) promise->set_value(fail(Code::kCancelled, "the server is stopping"));
  return answer;
}

Status AttachmentReader::check_wanted(const AttachmentRequest& request) const {
  if (stop_.stopped()) return fail(Code::kCancelled, "the server is stopping");
  if (request.dropped != nullptr && request.dropped->load(std::memory_order_relaxed)) {
    return fail(Code::kCancelled, "nobody waits for this attachment any more");
  }
  return {};
}

Result<AttachmentAnswer> AttachmentReader::give(const Fingerprint& document,
                                                const std::string& sealed) const {
  AttachmentAnswer answer;
  SG_ASSIGN(answer.result, store::open_document(key_, document, sealed));
  answer.document = document;
  return answer;
}

Result<std::optional<AttachmentAnswer>> AttachmentReader::known(const AttachmentRequest& request,
                                                                const std::string& rules) {
  if (request.fresh) return std::nullopt;
  SG_ASSIGN(const auto row, store::known_document(database_, request.attachment, rules));
  if (!row) return std::nullopt;
  SG_ASSIGN(auto answer, give(row->key, row->result));
  return answer;
}

Result<AttachmentAnswer> AttachmentReader::run(const AttachmentRequest& request) {
  namespace own = attachment_reader;
  SG_TRY(check_wanted(request));
  const std::string rules = request.engine->version() + " " + version();
  SG_ASSIGN(auto before, known(request, rules));
  if (before) {
    own::count(*before, true);
    return std::move(*before);
  }
  const auto bytes = static_cast<uint64_t>(std::max<int64_t>(0, request.attachment.bytes));
  AttachmentAnswer answer;
  if (bytes > options_.most_bytes) {
    answer = own::plain(store::PartStatus::kSkipped, "too_large",
                        "more than " + human_bytes(options_.most_bytes));
  } else if (extractor_ == nullptr) {
    answer = own::plain(store::PartStatus::kFailed, "no_sandbox", trouble_);
  } else {
    bool died_before = false;
    for (int attempt = 1;; ++attempt) {
      AttachmentTransfer transfer(*this, request, rules);
      auto read = transfer.run();
      const bool last = attempt == own::kMostAttempts || stop_.stopped();
      if (read && transfer.lost_helper() && !died_before && !last) {
        died_before = true;
        continue;
      }
      if (!read && !transfer.is_hosts()) return fail(std::move(read).error());
      if (!read && transfer.broke_off() && own::is_passing(read.error().code) && !last) {
        SG_TRY(check_wanted(request));
        continue;
      }
      if (!read) {
        SG_ASSIGN(answer, host_failed(request, read.error()));
      } else {
        answer = std::move(*read);
      }
      break;
    }
  }
  own::count(answer, false);
  return answer;
}

Result<AttachmentAnswer> AttachmentReader::host_failed(const AttachmentRequest& request,
                                                       const Error& error) {
  namespace own = attachment_reader;
  switch (error.code) {
    case Code::kUnauthenticated:
    case Code::kCancelled:
    case Code::kRateLimited:
    case Code::kInternal:
      return fail(error);
    case Code::kNotFound: {
      auto answer = own::plain(store::PartStatus::kNotVisible, "not_found", error.message);
      answer.is_passing = true;  // it was listed a moment ago
      return answer;
    }
    case Code::kPermissionDenied:
      return own::plain(store::PartStatus::kNotVisible, "permission_denied", error.message);
    case Code::kTooLarge:
      return own::plain(store::PartStatus::kSkipped, "too_large", error.message);
    default:
      break;
  }
  // A host that is down answers no other question either: the scan waits until it is back. One file
  // that it can not hand out stops nobody.
  SG_TRY(request.host->identify());
  auto answer = own::plain(store::PartStatus::kFailed, "host_failed", error.message);
  answer.is_passing = own::is_passing(error.code);
  return answer;
}

detect::Engine::Scratch AttachmentReader::take_scratch(
    const std::shared_ptr<const detect::Engine>& engine) {
  {
    const std::lock_guard lock(mutex_);
    if (scratch_engine_ == engine && !scratches_.empty()) {
      auto scratch = std::move(scratches_.back());
      scratches_.pop_back();
      return scratch;
    }
  }
  return engine->make_scratch();
}

void AttachmentReader::give_back(const std::shared_ptr<const detect::Engine>& engine,
                                 detect::Engine::Scratch scratch) {
  const std::lock_guard lock(mutex_);
  if (scratch_engine_ != engine) {
    scratches_.clear();
    scratch_engine_ = engine;
  }
  scratches_.push_back(std::move(scratch));
}

}  // namespace spillguard::scan
