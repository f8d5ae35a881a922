// Between what a host says and what the store keeps: scopes, and what is known of listed items.
// Internal to this module.
#pragma once

#include <string>

#include "hosts/host.h"
#include "scan/batch.h"
#include "scan/context.h"

namespace spillguard::scan {

// What the store knows of a page of the listing, in the host interface's form. All but the version
// must outlive the function.
hosts::KnownLookup known_lookup(ScanContext& context, const ScanSite& site, BatchSink& sink,
                                const std::string& rules_version);

hosts::HostScope to_host_scope(const store::Scope& scope);
store::Scope to_store_scope(const hosts::HostScope& scope);

}  // namespace spillguard::scan
