// The handlers behind the routes. Each is a function of context and request; routes.cc says which
// path calls which.
#pragma once

#include "api/context.h"
#include "http/message.h"

namespace spillguard::api {

using ApiHandler = Result<http::Response> (*)(const ApiContext&, const http::Request&);

// Reading (results.cc).
Result<http::Response> get_scope(const ApiContext& context, const http::Request& request);
Result<http::Response> get_item(const ApiContext& context, const http::Request& request);
// All scopes at once (scan_status.cc).
Result<http::Response> get_scan_all(const ApiContext& context, const http::Request& request);
// The ledger (coverage.cc).
Result<http::Response> get_site_coverage(const ApiContext& context, const http::Request& request);
Result<http::Response> get_scope_coverage(const ApiContext& context, const http::Request& request);

// What a host tells of changes (hooks.cc): no caller, but an address that nobody guesses.
Result<http::Response> take_hook(const ApiContext& context, const http::Request& request);

// Starting scans (triggers.cc).
Result<http::Response> scan_all(const ApiContext& context, const http::Request& request);
Result<http::Response> scan_scope(const ApiContext& context, const http::Request& request);
Result<http::Response> scan_item(const ApiContext& context, const http::Request& request);
Result<http::Response> scan_version(const ApiContext& context, const http::Request& request);
// The queue (scan_queue.cc).
Result<http::Response> get_scan_queue(const ApiContext& context, const http::Request& request);
Result<http::Response> clear_scan_queue(const ApiContext& context, const http::Request& request);
Result<http::Response> get_scan_job(const ApiContext& context, const http::Request& request);
Result<http::Response> cancel_scan_job(const ApiContext& context, const http::Request& request);

// Reviewed texts of a scope (reviews.cc) and of the site (global_reviews.cc).
Result<http::Response> create_review(const ApiContext& context, const http::Request& request);
Result<http::Response> delete_review(const ApiContext& context, const http::Request& request);
Result<http::Response> delete_all_reviews(const ApiContext& context, const http::Request& request);
Result<http::Response> list_reviews(const ApiContext& context, const http::Request& request);
Result<http::Response> create_global_reviews(const ApiContext& context,
                                             const http::Request& request);
Result<http::Response> delete_global_reviews(const ApiContext& context,
                                             const http::Request& request);
Result<http::Response> delete_all_global_reviews(const ApiContext& context,
                                                 const http::Request& request);
Result<http::Response> list_global_reviews(const ApiContext& context, const http::Request& request);

// The rules (rules.cc).
Result<http::Response> get_rules(const ApiContext& context, const http::Request& request);
Result<http::Response> put_built_in_rule(const ApiContext& context, const http::Request& request);
Result<http::Response> create_custom_rule(const ApiContext& context, const http::Request& request);
Result<http::Response> update_custom_rule(const ApiContext& context, const http::Request& request);
Result<http::Response> delete_custom_rule(const ApiContext& context, const http::Request& request);
Result<http::Response> test_rules(const ApiContext& context, const http::Request& request);
// Downloads (export_findings.cc, export_lists.cc) and the audit log (audit.cc).
Result<http::Response> export_findings(const ApiContext& context, const http::Request& request);
Result<http::Response> export_reviewed(const ApiContext& context, const http::Request& request);
Result<http::Response> export_attachments(const ApiContext& context, const http::Request& request);
Result<http::Response> export_overview(const ApiContext& context, const http::Request& request);
Result<http::Response> get_audit(const ApiContext& context, const http::Request& request);
// Our own login (session.cc).
Result<http::Response> create_session(const ApiContext& context, const http::Request& request);
Result<http::Response> get_session(const ApiContext& context, const http::Request& request);
Result<http::Response> delete_session(const ApiContext& context, const http::Request& request);
// Settings (settings.cc).
Result<http::Response> get_settings(const ApiContext& context, const http::Request& request);
Result<http::Response> put_settings(const ApiContext& context, const http::Request& request);
Result<http::Response> get_entity_permissions(const ApiContext& context,
                                              const http::Request& request);
Result<http::Response> put_entity_permissions(const ApiContext& context,
                                              const http::Request& request);

}  // namespace spillguard::api
