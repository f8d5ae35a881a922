// Planted secrets: which secret stands where, and in which surroundings.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/random.h"

namespace spillguard::sim {

// One secret at one place. What "place" means depends on the product; see jira_plants.h and
// confluence_plants.h.
struct Plant {
  size_t kind = 0;  // index of the SecretKind
  std::string secret;
  uint64_t number = 0;  // of all plants of the product; ids of added things hang on it
  uint64_t style = 0;   // which surroundings, modulo what fits
};

// The line of the manifest: one for each planted place.
struct ManifestLine {
  std::string product;  // "jira", "confluence"
  std::string scope;
  std::string item;
  std::string item_id;
  std::string part;  // ledger kind
  std::string content;
  int64_t version = 0;  // 0 where the host has no versions
  std::vector<int64_t> versions;
  bool current = true;
  std::string rule;
  std::string secret;
  std::string place = {};  // in an attachment
};

// A secret of a kind that fits: `single_line` for titles, which also want it short.
Plant make_plant(uint64_t seed, std::string_view product, uint64_t number, bool for_title);

// "aws_secret_access_key = …" as people write it, on one line when the secret is.
std::string labelled(const Plant& plant);
// A paragraph, code block, table, quote or link in Jira's wiki markup with the secret in it, apart
// from its surroundings by blanks, line ends or quotes.
std::string wiki_fragment(const Plant& plant);
// The same in storage format: also split by inline markup, in attributes, links, macro parameters.
std::string storage_fragment(const Plant& plant);
// One line for a summary or a title.
std::string title_fragment(const Plant& plant);

}  // namespace spillguard::sim
