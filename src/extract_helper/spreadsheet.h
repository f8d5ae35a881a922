// The sheets of an xlsx workbook, with the address of every cell.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "extract_helper/formats.h"

namespace spillguard::extract {

// Reads the sheets, their comments and the shared strings; `done` gets the paths of what was read.
void read_workbook(Reading& reading, File& file, const Package& package,
                   std::set<std::string, std::less<>>& done, Verdict& verdict);

}  // namespace spillguard::extract
