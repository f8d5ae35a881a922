// Content of the kinds that generated content has none of: what is archived, in the trash, a draft
// or restricted; labels, links, properties and names with secrets in them; odd names.
#pragma once

#include <cstdint>
#include <string>

#include "sim/jira_site.h"
#include "sim/wiki_site.h"

namespace spillguard::sim {

// `amount` of each kind, decided by the seed. Before anybody reads.
void add_jira_extras(JiraSite& site, uint64_t seed, size_t amount);
void add_wiki_extras(WikiSite& site, uint64_t seed, size_t amount);

// Files of a tar archive (attachments/KEY/NAME) as attachments of loaded issues, spread over them:
// those that they hang on may not be among the issues. Nothing where there is no such file, or
// where the site may not change.
Status add_real_files(JiraSite& site, const std::string& path);

}  // namespace spillguard::sim
