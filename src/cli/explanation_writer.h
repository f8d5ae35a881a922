// Explanations of findings as lines for people and as a JSON object. Neither holds a secret.
#pragma once

#include <string>

#include "base/json_writer.h"
#include "detect/explain.h"

namespace spillguard::cli {

// Indented lines, each with its end.
std::string explanation_lines(const detect::Explanation& explanation);

// The value of a key: an object with rule, version, found_by, filters, score, features …
void write_explanation(JsonWriter& json, const detect::Explanation& explanation);

}  // namespace spillguard::cli
