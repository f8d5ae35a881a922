#include <utility>

#include "extract/type.h"
#include "extract_helper/formats.h"
#include "extract_helper/strings.h"

namespace spillguard::extract {

Verdict read_binary(Reading& reading, File& file) {
  Strings found = find_strings(file.bytes);
  if (found.text.empty()) {
    return {.reason = Reason::kMedia, .detail = "no readable text in its bytes"};
  }
  reading.text(file, {}, std::move(found.text), std::move(found.marks));
  return {};
}

// That it is there is what counts: its keys are sealed. Names of its entries can be read.
Verdict read_key_store(Reading& reading, File& file) {
  const std::string_view kind = type_name(sniff(file.bytes, file.name));
  Strings found = find_strings(file.bytes, 4);
  reading.text(file, {}, std::move(found.text), std::move(found.marks));
  return {.reason = file.text_bytes != 0 ? Reason::kRead : Reason::kMedia,
          .detail = "this file is a " + std::string(kind) + ": it may hold private keys"};
}

}  // namespace spillguard::extract
