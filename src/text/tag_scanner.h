// Cuts HTML or storage format into tags, text, comments and CDATA sections. It accepts anything:
// what is no tag is text, what never ends is text. Linear: no part of the source is looked at more
// than a fixed number of times.
#pragma once

#include <string_view>

#include "base/span.h"

namespace spillguard::text {

enum class TokenKind { kText, kOpen, kClose, kComment, kCdata, kInstruction, kDoctype, kEnd };

struct TagToken {
  TokenKind kind = TokenKind::kEnd;
  Span whole;          // from '<' to '>'
  Span name;           // of a tag
  Span content;        // attributes of a tag; text of a comment, CDATA section or instruction
  bool empty = false;  // <br/>
};

class TagScanner {
 public:
  explicit TagScanner(std::string_view source);
  TagToken next();
  // Everything up to the closing tag of an element whose content is no markup (script, style).
  Span until_close(std::string_view name);

 private:
  TagToken text_to(size_t end);
  bool read_tag(size_t begin, TagToken& token);
  bool read_declaration(size_t begin, TagToken& token);
  bool read_delimited(size_t begin, std::string_view open, std::string_view close, bool& exhausted,
                      TokenKind kind, TagToken& token);

  std::string_view source_;
  size_t position_ = 0;
  // The last place of each: a search that starts behind it can not succeed.
  size_t last_close_;
  size_t last_double_quote_;
  size_t last_single_quote_;
  bool no_comment_end_ = false;
  bool no_cdata_end_ = false;
  bool no_instruction_end_ = false;
  bool no_doctype_end_ = false;
};

// One attribute of a tag: its name, its value without quotes, and all of it.
struct Attribute {
  Span name;
  Span value;
  Span whole;
};

// Takes the next attribute off the front of `rest`; false at the end.
bool next_attribute(std::string_view source, Span& rest, Attribute& attribute);

}  // namespace spillguard::text
