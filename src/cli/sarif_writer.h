// Findings as SARIF 2.1.0, for code scanning tools
// (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html).
//
// Such files are uploaded to other places, so not a byte of a secret gets in, whatever the options:
// a finding is its rule, its place and its fingerprint.
#pragma once

#include <memory>
#include <ostream>
#include <span>
#include <string>

#include "cli/findings_writer.h"

namespace spillguard::cli {

std::unique_ptr<FindingsWriter> make_sarif_writer(std::ostream& out,
                                                  std::span<const detect::Rule> rules);

// A path as a URI reference: relative ones stay so (with `%SRCROOT%` as their base in the file),
// absolute ones become file: URIs.
std::string sarif_uri(const std::string& path);

}  // namespace spillguard::cli
