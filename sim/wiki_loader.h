// Reads pages with their versions from JSON Lines:
// {"space","title","versions":[{"number","when","text"}]} with markdown as text.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "sim/wiki_model.h"

namespace spillguard::sim {

struct LoadedWiki {
  std::vector<WikiSpace> spaces;
  std::vector<WikiPage> pages;
};

// kCorrupt with the number of the line that is not what we expect.
Result<LoadedWiki> load_wiki(const std::string& path);

}  // namespace spillguard::sim
