// spillguard scan --export FILE: an export of Confluence or Jira, part by part as a server scans a
// host, with the same ledger at the end.
#pragma once

#include "cli/scan.h"

namespace spillguard::cli {

// `prepared`: engine and settings, as for files.
int run_export_scan(const ScanOptions& options, const FileScanOptions& prepared, Io& io);

}  // namespace spillguard::cli
