#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "extract_helper/charset.h"
#include "extract_helper/formats.h"
#include "text/json_tokens.h"
#include "text/text_builder.h"

namespace spillguard::extract {
namespace notebook {
namespace {

// The strings of a JSON value, one after the other: a cell's source is an array of lines that end
// with "\n".
void put_strings(text::TextBuilder& builder, const std::vector<text::JsonToken>& tokens,
                 size_t begin, size_t end) {
  for (size_t i = begin; i < end; ++i) {
    if (tokens[i].kind == text::JsonKind::kString) {
      text::put_json_string(builder, tokens[i].place());
    } else if (tokens[i].kind == text::JsonKind::kObject) {
      builder.line();
    }
  }
  builder.line();
}

}  // namespace
}  // namespace notebook

Verdict read_text(Reading& reading, File& file) {
  reading.source(file, decode_text(file.bytes));
  return {};
}

// The cells' lines, with escapes decoded, are what a person sees; what is beside the cells is read,
// too.
Verdict read_notebook(Reading& reading, File& file) {
  const std::string source = decode_text(file.bytes);
  const auto tokens = text::tokenize_json_object(source);
  if (!tokens || tokens->empty() || tokens->front().kind != text::JsonKind::kObject) {
    return read_text(reading, file);
  }
  const auto key_is = [&](const text::JsonToken& token, std::string_view key) {
    return std::string_view(source).substr(token.place().begin, token.place().size()) == key;
  };
  text::TextBuilder rest(source);
  for (size_t key = 1; key + 1 < tokens->size(); key = (*tokens)[key + 1].next) {
    const text::JsonToken& value = (*tokens)[key + 1];
    if (!key_is((*tokens)[key], "cells") || value.kind != text::JsonKind::kArray) {
      notebook::put_strings(rest, *tokens, key + 1, value.next);
      continue;
    }
    size_t number = 0;
    for (size_t cell = key + 2; cell < value.next; cell = (*tokens)[cell].next) {
      if (reading.entry() != Reason::kRead) {
        return stopped_at(reading.stop_reason());
      }
      text::TextBuilder builder(source);
      notebook::put_strings(builder, *tokens, cell, (*tokens)[cell].next);
      const text::Extracted extracted = std::move(builder).finish();
      if (!extracted.raw) {
        reading.text(file, fmt::format("cell {}", ++number), std::string(extracted.text.text()));
      }
    }
  }
  const text::Extracted extracted = std::move(rest).finish();
  if (!extracted.raw) {
    reading.text(file, "metadata", std::string(extracted.text.text()));
  }
  return {.reason = Reason::kRead, .detail = {}, .type = "notebook"};
}

}  // namespace spillguard::extract
