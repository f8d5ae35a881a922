// The bytes of attachments: what the host says of one, then a stream of it with a cap.
#include <algorithm>

#include "base/strings.h"
#include "hosts/confluence_host.h"
#include "hosts/download_path.h"
#include "hosts/http_errors.h"
#include "hosts/jira_host.h"

namespace spillguard::hosts {

namespace {

// A slow line is no reason to give up; one that gives nothing for a minute is (http/client.h).
constexpr int64_t kSlowestBytesPerMs = 128;
constexpr int64_t kLeastDownloadMs = 10 * 60 * 1000;

Status check_size(const AttachmentInfo& info, uint64_t max_bytes) {
  if (info.bytes <= 0 || static_cast<uint64_t>(info.bytes) <= max_bytes) return {};
  return fail(Code::kTooLarge, "the attachment has " +
                                   human_bytes(static_cast<uint64_t>(info.bytes)) + ", more than " +
                                   human_bytes(max_bytes));
}

}  // namespace

Result<AttachmentInfo> JiraHost::stream_attachment(const std::string& id, uint64_t max_bytes,
                                                   const BytesSink& sink) {
  SG_TRY(ensure_identity());
  SG_ASSIGN(const auto answer, transport_.ask({.path = {"rest", "api", "2", "attachment", id}}));
  const JsonView file = answer.json.root();
  return stream_listed({.id = id,
                        .name = file["filename"].text(),
                        .media_type = file["mimeType"].text(),
                        .bytes = file["size"].integer(),
                        .link = file["content"].text()},
                       max_bytes, sink);
}

Result<AttachmentInfo> JiraHost::stream_listed(const AttachmentInfo& listed, uint64_t max_bytes,
                                               const BytesSink& sink) {
  SG_TRY(ensure_identity());
  AttachmentInfo info = listed;
  SG_TRY(check_size(info, max_bytes));
  // The id decides; a name that no path may hold (with a backslash) is left out.
  const std::string below = "/secure/attachment/" + percent_encode(info.id) + "/";
  const std::string path = download_path(info.link, below).value_or(below + "file");
  SG_ASSIGN(info.bytes,
            transport_.stream({.path = path, .size = info.bytes, .max = max_bytes}, sink));
  return info;
}

Result<AttachmentInfo> ConfluenceHost::stream_attachment(const std::string& id, uint64_t max_bytes,
                                                         const BytesSink& sink) {
  SG_TRY(ensure_identity());
  SG_ASSIGN(const auto answer,
            transport_.ask({.path = {"rest", "api", "content", id},
                            .query = {{"status", "any"}, {"expand", "version,container"}}}));
  const JsonView file = answer.json.root();
  if (file["type"].string() != "attachment") {
    return fail(Code::kNotFound, "content " + id + " is no attachment");
  }
  AttachmentInfo info{.id = id,
                      .name = file["title"].text(),
                      .media_type = file["extensions"]["mediaType"].text(),
                      .bytes = file["extensions"]["fileSize"].integer(),
                      .link = file["_links"]["download"].text()};
  if (info.media_type.empty()) info.media_type = file["metadata"]["mediaType"].text();
  if (info.link.empty()) {
    return fail(Code::kCorrupt, "the host tells no place where the bytes of " + id + " are");
  }
  return stream_listed(info, max_bytes, sink);
}

Result<AttachmentInfo> ConfluenceHost::stream_listed(const AttachmentInfo& listed,
                                                     uint64_t max_bytes, const BytesSink& sink) {
  if (listed.link.empty()) return stream_attachment(listed.id, max_bytes, sink);
  SG_TRY(ensure_identity());
  AttachmentInfo info = listed;
  SG_TRY(check_size(info, max_bytes));
  SG_ASSIGN(const std::string path, download_path(info.link, "/download/attachments/"));
  SG_ASSIGN(info.bytes,
            transport_.stream({.path = path, .size = info.bytes, .max = max_bytes}, sink));
  return info;
}

Result<int64_t> Transport::stream(const Download& download, const BytesSink& sink) {
  http::ClientRequest request;
  request.url = base() + download.path;
  request.headers.add("Accept", "*/*");
  request.headers.add("X-Atlassian-Token", "no-check");
  request.authorization = authorization_;
  request.max_body_bytes = std::max<uint64_t>(1, download.max);
  request.timeout_ms =
      std::max(options_.timeout_ms,
               kLeastDownloadMs + std::max<int64_t>(0, download.size) / kSlowestBytesPerMs);
  int64_t received = 0;
  request.sink = [&](std::string_view piece) -> Status {
    if (options_.stop != nullptr && options_.stop->stopped()) {
      return fail(Code::kCancelled, "asked to stop while an attachment was read");
    }
    received += static_cast<int64_t>(piece.size());
    return sink(piece);
  };
  const std::string what = "GET of an attachment";
  const int attempts = std::max(1, options_.retry.max_attempts);
  for (int number = 0;; ++number) {
    Attempt failed;
    const Status status = stream_once(request, what, failed);
    bytes_ += received;
    if (status) break;
    // What went to the sink can not be taken back.
    const bool again = failed.retry && received == 0 && number + 1 < attempts;
    if (!again) return fail(status.error());
    ++retries_;
    if (!sleep_ms(std::max(failed.wait_ms, pause_ms(number)))) {
      return fail(Code::kCancelled, "asked to stop while waiting for the host");
    }
  }
  // A login page, or a body that was cut where nobody told its length.
  if (download.size > 0 && received != download.size) {
    return fail(Code::kCorrupt, what + ": " + std::to_string(received) +
                                    " bytes came, the host told " + std::to_string(download.size));
  }
  return received;
}

Status Transport::stream_once(const http::ClientRequest& request, const std::string& what,
                              Attempt& failed) {
  Result<http::ClientResponse> response = fail(Code::kInternal, "not asked");
  {
    SG_ASSIGN(auto permit, governor_.acquire());
    SG_TRY(check_refused());
    ++requests_;
    response = client_.send(request);
    RateSigns signs;
    if (response) signs = RateSigns::read(response->status, response->headers);
    governor_.report(signs);
    failed.wait_ms = std::clamp<int64_t>(signs.retry_after_ms, 0, Pace::kLongestPauseMs);
  }
  if (!response) {
    const Code code = response.error().code;
    failed.retry = code == Code::kTimeout || code == Code::kUnavailable;
    return fail(std::move(response).error().context(what));
  }
  const int status = response->status;
  const bool overloaded = status == 429 || status >= 500;
  if (!overloaded) {
    if (Status same = check_identity(*response); !same) {
      note_refused(same.error());
      return fail(std::move(same).error().context(what));
    }
  }
  if (status >= 200 && status < 300) return {};
  failed.retry = overloaded;
  if (status >= 300 && status < 400) {
    const std::string_view to = response->headers.get("Location").value_or("");
    if (to.find("login") != std::string_view::npos) {
      return fail(Code::kPermissionDenied,
                  what +
                      ": the host wants a login for it; with some versions access tokens may "
                      "not read attachments, a user name and password may");
    }
    return fail(Code::kUnsupported,
                what + ": the host sends us elsewhere, where our credential must not go");
  }
  return fail(http_error(*response, what));
}

}  // namespace spillguard::hosts
