#include "api/hooks.h"

#include "api/errors.h"
#include "api/handlers.h"
#include "base/log.h"
#include "base/metrics.h"
#include "hosts/webhook_body.h"
#include "jobs/scan_request.h"

namespace spillguard::api {
namespace {

// What changes once often changes again at once: several events of one edit are one look.
constexpr int64_t kDebounceMs = 3'000;
constexpr size_t kTokenLength = 32;

void count_hook(const ApiContext& context, std::string_view outcome) {
  metrics::counter("spillguard_webhooks_total", "Webhooks received, by site and outcome",
                   {{"site", context.site.name}, {"outcome", std::string(outcome)}})
      .add();
}

}  // namespace

std::string hook_token(const MasterKey& key, std::string_view site) {
  return key.keyed_hash("webhook address", site).hex().substr(0, kTokenLength);
}

Secret hook_secret(const MasterKey& key, std::string_view site) {
  return Secret(key.keyed_hash("webhook secret", site).hex());
}

Result<http::Response> take_hook(const ApiContext& context, const http::Request& request) {
  if (!equal_constant_time(request.param("token"), hook_token(context.key, context.site.name))) {
    count_hook(context, "unknown_address");
    return fail(Code::kNotFound, "There is no such webhook here.");
  }
  // Jira up to 9 signs nothing: there the address alone is the proof. A signature that is there
  // must be right.
  const auto signature = request.headers.get("X-Hub-Signature");
  const Secret secret = hook_secret(context.key, context.site.name);
  if (signature ? !hosts::is_signed(*signature, secret.reveal(), request.body)
                : context.hooks_signed) {
    count_hook(context, "bad_signature");
    return fail(Code::kPermissionDenied,
                "The webhook is not signed with the secret of this installation.");
  }
  const auto product = context.is_jira() ? hosts::Product::kJira : hosts::Product::kConfluence;
  auto hint = hosts::read_webhook(product, request.body);
  if (!hint) {
    count_hook(context, "bad_body");
    return fail(std::move(hint).error());
  }
  std::vector<jobs::NewJob> jobs;
  const TimeMs due = now_ms() + kDebounceMs;
  const auto add = [&](jobs::ScanKind kind, const std::string& item) {
    jobs::ScanRequest scan;
    scan.kind = kind;
    scan.site_id = context.site.id;
    scan.item = item;
    scan.requested_by = "webhook";
    jobs::NewJob job = jobs::to_job(scan);
    job.not_before = due;
    jobs.push_back(std::move(job));
  };
  for (const std::string& id : hint->ids) add(jobs::ScanKind::kHint, id);
  if (hint->scopes) add(jobs::ScanKind::kScopes, {});
  count_hook(context, jobs.empty() ? "ignored" : "taken");
  SG_TRY(context.hints.add(std::move(jobs)));
  return http::Response::empty(204);
}

}  // namespace spillguard::api
