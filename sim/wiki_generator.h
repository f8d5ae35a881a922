// Makes pages, blog posts, comments and their versions out of a seed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/random.h"
#include "sim/wiki_model.h"

namespace spillguard::sim {

struct WikiAmounts {
  size_t spaces = 3;  // the second one is rita's personal space
  size_t pages = 300;
  size_t blogs = 20;
  size_t max_versions = 8;
};

std::vector<WikiSpace> make_spaces(const WikiAmounts& amounts);
// Page or blog post number `index` (blog posts come after the pages), in space `space`.
WikiPage make_page(uint64_t seed, const WikiAmounts& amounts, size_t index, size_t space);

// Comments and attachments of any page, loaded ones included. `place` keeps ids apart.
void add_comments(WikiPage& page, Random& random, size_t place);
void add_attachments(WikiPage& page, Random& random, size_t place);

}  // namespace spillguard::sim
