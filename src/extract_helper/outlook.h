// Outlook's .msg (MS-OXMSG): a mail as a compound file.
#pragma once

#include "extract_helper/compound_file.h"
#include "extract_helper/reading.h"

namespace spillguard::extract {

Verdict read_outlook(Reading& reading, File& file, const CompoundFile& compound);

}  // namespace spillguard::extract
