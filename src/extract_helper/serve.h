// The helper's talk with the program that started it, over its standard input and output.
#pragma once

#include <string>

#include "extract/limits.h"
#include "extract_helper/reading.h"

namespace spillguard::extract {

// Says what is in force, then reads one document after the other until the other side is gone.
// The process's exit status.
int serve(const std::string& sandbox);

// Says why there will be no service.
int refuse(const std::string& why);

}  // namespace spillguard::extract
