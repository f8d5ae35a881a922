#include "scan/attachment_transfer.h"

#include <cstring>
#include <utility>

namespace spillguard::scan {
namespace attachment_transfer {
namespace {

constexpr size_t kPipeBytes = size_t{1} << 20U;
constexpr std::string_view kPurpose = "spillguard document 1";

}  // namespace
}  // namespace attachment_transfer

AttachmentTransfer::AttachmentTransfer(AttachmentReader& reader, const AttachmentRequest& request,
                                       const std::string& rules)
    : reader_(reader),
      request_(request),
      rules_(rules),
      name_(plain_name(request.name)),
      hasher_(reader.key_.hasher(attachment_transfer::kPurpose)),
      scratch_(reader.take_scratch(request.engine)) {
  // The name decides how some texts are read: other names, other documents.
  hasher_.add(name_);
  hasher_.add(std::string_view("\0", 1));
}

AttachmentTransfer::~AttachmentTransfer() {
  stop_flow(fail(Code::kCancelled, "the transfer was given up"));
  if (claimed_) reader_.results_.give_up(*document_, rules_);
  reader_.give_back(request_.engine, std::move(scratch_));
}

Status AttachmentTransfer::take(std::string_view piece) {
  SG_TRY(reader_.check_wanted(request_));
  hasher_.add(piece);
  bytes_ += piece.size();
  if (pipe_ != nullptr) return pipe_->write(piece);
  buffer_ += piece;
  if (buffer_.size() <= reader_.options_.in_memory) return {};
  start_flow();
  const Status written = pipe_->write(buffer_);
  std::string().swap(buffer_);
  return written;
}

void AttachmentTransfer::start_flow() {
  pipe_ = std::make_unique<BytePipe>(attachment_transfer::kPipeBytes);
  flow_ = std::thread([this] {
    set_thread_name("attach-flow");
    extract([this](std::span<char> out) { return pipe_->read(out); });
    pipe_->close();
  });
}

void AttachmentTransfer::stop_flow(Status how) {
  if (!flow_.joinable()) return;
  pipe_->finish(std::move(how));
  flow_.join();
}

void AttachmentTransfer::extract(const extract::DocumentSource& source) {
  scan_.emplace(*request_.engine, scratch_, reader_.key_);
  const extract::Sink sink{
      .part = [this](const extract::Part& part) { scan_->part(part); },
      .outcome = [this](const extract::Outcome& outcome) { scan_->within(outcome); }};
  own_ = reader_.extractor_->extract(name_, source, reader_.options_.limits, sink);
}

void AttachmentTransfer::extract_from_memory() {
  std::string_view rest = buffer_;
  extract([&rest](std::span<char> out) -> Result<size_t> {
    const size_t count = std::min(out.size(), rest.size());
    if (count > 0) std::memcpy(out.data(), rest.data(), count);
    rest.remove_prefix(count);
    return count;
  });
}

Result<std::optional<AttachmentAnswer>> AttachmentTransfer::claim() {
  document_ = hasher_.finish();
  if (const auto recent = reader_.results_.claim(*document_, rules_)) {
    SG_ASSIGN(auto answer, reader_.give(*document_, **recent));
    answer.sealed = *recent;  // whoever read it may not have stored it
    return answer;
  }
  claimed_ = true;
  SG_ASSIGN(const auto stored, store::find_document(reader_.database_, *document_, rules_));
  if (!stored) return std::nullopt;
  SG_ASSIGN(auto answer, reader_.give(*document_, stored->result));
  // What ran out of time or memory is tried again when everything is asked for anew.
  if (request_.fresh && !answer.result.is_final) return std::nullopt;
  reader_.results_.put(*document_, rules_, std::make_shared<const std::string>(stored->result));
  claimed_ = false;
  return answer;
}

Result<AttachmentAnswer> AttachmentTransfer::run() {
  const Status streamed = [&]() -> Status {
    SG_ASSIGN(const auto info,
              request_.host->stream_listed({.id = request_.attachment.content_id,
                                            .name = request_.name,
                                            .media_type = {},
                                            .bytes = request_.attachment.bytes,
                                            .link = request_.link},
                                           reader_.options_.most_bytes,
                                           [this](std::string_view piece) { return take(piece); }));
    static_cast<void>(info);
    return {};
  }();
  if (!streamed) {
    // The helper wanted no more of it: its outcome says why.
    const bool ended = pipe_ != nullptr && pipe_->closed() && !reader_.stop_.stopped();
    stop_flow(fail(streamed.error()));
    if (ended) return settle();
    is_hosts_ = true;
    return fail(streamed.error());
  }
  SG_ASSIGN(auto known, claim());
  if (known) {
    stop_flow(fail(Code::kCancelled, "these bytes were read before"));
    return std::move(*known);
  }
  if (pipe_ != nullptr) {
    stop_flow({});
  } else {
    extract_from_memory();
    // Its fault or another's: a second time, and no more.
    if (helper_died() && !reader_.stop_.stopped()) extract_from_memory();
  }
  if (reader_.stop_.stopped()) return fail(Code::kCancelled, "the server is stopping");
  return settle();
}

AttachmentAnswer AttachmentTransfer::settle() {
  AttachmentAnswer answer;
  answer.result = scan_->finish(own_);
  answer.is_passing = helper_died() || own_.reason == extract::Reason::kHostFailed;
  if (!claimed_ || !answer.result.is_kept) return answer;
  answer.document = document_;
  answer.sealed = std::make_shared<const std::string>(
      store::seal_document(reader_.key_, *document_, answer.result));
  reader_.results_.put(*document_, rules_, answer.sealed);
  claimed_ = false;
  return answer;
}

}  // namespace spillguard::scan
