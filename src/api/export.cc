#include "api/export.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "api/audit_trail.h"
#include "api/locate.h"
#include "api/params.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "base/padded_text.h"
#include "base/strings.h"
#include "store/evidence.h"

namespace spillguard::api {
namespace export_detail {
namespace {

struct FormatName {
  ExportFormat format;
  std::string_view name;
  std::string_view ending;
  std::string_view media_type;
};

constexpr FormatName kFormats[] = {
    {ExportFormat::kCsv, "csv", "csv", "text/csv; charset=utf-8; header=present"},
    {ExportFormat::kJsonLines, "jsonl", "jsonl", "application/x-ndjson"},
    {ExportFormat::kSarif, "sarif", "sarif", "application/sarif+json"},
};

const FormatName& named(ExportFormat format) {
  return *std::find_if(std::begin(kFormats), std::end(kFormats),
                       [&](const FormatName& name) { return name.format == format; });
}

Result<ExportFormat> format_of(const http::Request& request, bool takes_sarif) {
  const std::string_view taken = takes_sarif ? "csv, jsonl or sarif" : "csv or jsonl";
  const auto wanted = request.query_value("format");
  if (wanted && !trim(*wanted).empty()) {
    for (const FormatName& name : kFormats) {
      if (!equals_ignore_case(trim(*wanted), name.name)) continue;
      if (name.format == ExportFormat::kSarif && !takes_sarif) break;
      return name.format;
    }
    return fail(Code::kInvalidArgument, fmt::format("The parameter 'format' must be {}, not '{}'.",
                                                    taken, to_valid_utf8(wanted->substr(0, 60))));
  }
  const std::string_view accept = request.headers.get("Accept").value_or("");
  if (takes_sarif && accept.find("application/sarif+json") != std::string_view::npos) {
    return ExportFormat::kSarif;
  }
  if (accept.find("application/x-ndjson") != std::string_view::npos ||
      accept.find("application/jsonl") != std::string_view::npos) {
    return ExportFormat::kJsonLines;
  }
  return ExportFormat::kCsv;
}

// RFC 6266: a plain name for everybody, and the exact one where it has other characters.
std::string disposition(std::string_view file_name) {
  std::string plain;
  for (const char c : file_name) {
    const bool safe = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      c == '-' || c == '_' || c == '.';
    plain += safe ? c : '_';
  }
  std::string out = fmt::format("attachment; filename=\"{}\"", plain);
  if (plain != file_name) out += "; filename*=UTF-8''" + percent_encode(file_name);
  return out;
}

std::string details_of(const ExportRequest& wanted) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.field("format", named(wanted.format).name);
  json.field("plaintext", wanted.plaintext);
  json.field("deduplicate", wanted.deduplicate);
  json.field("scopes", static_cast<int64_t>(wanted.scopes.size()));
  json.end_object();
  return text;
}

}  // namespace
}  // namespace export_detail

Result<ExportRequest> read_export_request(const ApiContext& context, const http::Request& request,
                                          bool takes_sarif) {
  ExportRequest wanted;
  SG_ASSIGN(wanted.caller, authenticate(context, request));
  const auto settings = context.settings.site(context.site.id);
  wanted.plaintext = settings.include_plaintext_in_exports;
  SG_ASSIGN(wanted.format, export_detail::format_of(request, takes_sarif));
  SG_ASSIGN(const auto deduplicate, bool_param(request, "deduplicate"));
  wanted.deduplicate = deduplicate.value_or(settings.deduplicate_exports);
  SG_ASSIGN(wanted.reviewed, bool_param(request, "reviewed"));
  SG_ASSIGN(wanted.rule_ids, id_list_param(request, "ruleIds"));
  if (const std::string key(request.param("key")); !key.empty()) {
    SG_ASSIGN(auto scope, allowed_scope(context, wanted.caller, key));
    wanted.scope_key = scope.key;
    wanted.scopes.push_back(std::move(scope));
  } else {
    SG_ASSIGN(wanted.scopes, allowed_scopes(context, wanted.caller));
    if (wanted.scopes.empty()) SG_TRY(require_product_admin(context, wanted.caller));
  }
  return wanted;
}

Result<http::Response> export_response(const ApiContext& context, const http::Request& request,
                                       const ExportRequest& wanted, store::AuditKind kind,
                                       std::string_view what, ExportBody body) {
  auto place = context.export_gate.enter();
  if (!place) {
    return fail(Code::kUnavailable, "Too many exports run at the moment; please come back soon.");
  }
  // Before anything is sent: also a download that was broken off took something.
  store::AuditLog audit(context.store.database());
  const std::string entity = wanted.scope_key.empty()
                                 ? "all"
                                 : fmt::format("{}/{}", context.scope_word(), wanted.scope_key);
  SG_TRY(audit.append(audit_event(context, wanted.caller, request, kind, entity,
                                  export_detail::details_of(wanted))));
  const auto& format = export_detail::named(wanted.format);
  const std::string name =
      fmt::format("spillguard-{}{}{}-{}.{}", what, wanted.scope_key.empty() ? "" : "-",
                  wanted.scope_key, format_iso8601(now_ms()).substr(0, 10), format.ending);
  http::Response response;
  response.headers.add("Content-Type", std::string(format.media_type));
  response.headers.add("Content-Disposition", export_detail::disposition(name));
  response.stream = [place = std::move(place), body = std::move(body),
                     what = std::string(what)](http::BodyWriter& out) -> Status {
    BufferedBody buffered(out);
    auto done = body(buffered);
    if (done) done = buffered.flush();
    // Who broke off knows it; what failed on our side is to be seen, for the answer's status is
    // out.
    if (!done && done.error().code != Code::kCancelled) {
      log::error("export of {} was cut: {}", what, done.error().message);
    }
    return done;
  };
  return response;
}

Status VisibleItems::ask(const std::vector<std::string>& host_ids) {
  visible_.clear();
  if (host_ids.empty()) return {};
  SG_ASSIGN(visible_, context_.callers.visible_items(caller_.credential, host_ids));
  return {};
}

bool VisibleItems::sees(const std::string& host_id) const { return visible_.contains(host_id); }

TitleReader::TitleReader(const ApiContext& context, bool plaintext)
    : context_(context),
      plaintext_(plaintext),
      engine_(context.rules.engine()),
      scratch_(engine_->make_scratch()) {}

Result<std::string_view> TitleReader::read(const std::string& item_host_id,
                                           const std::string& sealed) {
  if (item_host_id == last_id_) return std::string_view(last_title_);
  SG_ASSIGN(std::string title, store::open_title(context_.key, item_host_id, sealed));
  last_id_ = item_host_id;
  last_title_ = shown(std::move(title));
  return std::string_view(last_title_);
}

std::string TitleReader::shown(std::string text) {
  if (plaintext_ || text.empty()) return text;
  const PaddedText padded(text);
  detect::ScanResult found;
  engine_->scan(padded.view(), scratch_, found);
  std::string masked;
  size_t done = 0;
  for (const detect::Match& match : found.matches) {
    if (match.match.end <= done) continue;
    const size_t begin = std::max<size_t>(match.match.begin, done);
    masked += std::string_view(text).substr(done, begin - done);
    masked += mask(std::string_view(text).substr(begin, match.match.end - begin));
    done = match.match.end;
  }
  masked += std::string_view(text).substr(done);
  return masked;
}

}  // namespace spillguard::api
