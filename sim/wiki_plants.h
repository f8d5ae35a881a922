// Where Confluence's planted secrets go, and putting them there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/plant.h"
#include "sim/wiki_model.h"

namespace spillguard::sim {

// Changes the pages and tells what went where: per_place secrets each in current pages (and the
// versions before them), only old versions, blog posts, footer comments, inline comments, old
// comment versions, titles.
std::vector<ManifestLine> plant_wiki(uint64_t seed, size_t per_place,
                                     const std::vector<WikiSpace>& spaces,
                                     std::vector<WikiPage>& pages);

}  // namespace spillguard::sim
