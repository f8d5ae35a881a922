// The reader behind storage format and HTML.
#include <charconv>
#include <utility>

#include "base/strings.h"
#include "text/elements.h"
#include "text/entities.h"
#include "text/readers.h"
#include "text/table_grid.h"
#include "text/tag_scanner.h"

namespace spillguard::text {
namespace tagged {
namespace {

bool is_white(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

void put_attribute(TextBuilder& builder, Span part) { put_with_entities(builder, part); }
void put_verbatim(TextBuilder& builder, Span part) { builder.text(part); }

class Reader {
 public:
  explicit Reader(std::string_view source) : builder_(source), scanner_(source) {}

  Extracted read() {
    for (TagToken token = scanner_.next(); token.kind != TokenKind::kEnd; token = scanner_.next()) {
      handle(token);
    }
    return std::move(builder_).finish();
  }

 private:
  void handle(const TagToken& token) {
    switch (token.kind) {
      case TokenKind::kText:
        text(token.whole);
        break;
      case TokenKind::kOpen:
        open(token);
        break;
      case TokenKind::kClose:
        close(token);
        break;
      case TokenKind::kCdata:
        builder_.text(token.content);
        break;
      case TokenKind::kComment:
      case TokenKind::kInstruction:
        // Aside, since a comment does not end the word in which it stands.
        if (token.content.size() != 0) {
          builder_.aside({.name = {}, .value = token.content, .decode = put_verbatim});
        }
        break;
      case TokenKind::kDoctype:
      case TokenKind::kEnd:
        break;
    }
  }

  // White space at the edges of blocks and cells is none; between words it stays as it is, but in
  // cells, where a line break of the source would look like the end of the row.
  void text(Span part) {
    if (verbatim_ > 0) {
      put_with_entities(builder_, part);
      return;
    }
    const std::string_view source = builder_.source();
    size_t i = part.begin;
    while (i < part.end) {
      const size_t begin = i;
      if (is_white(source[i])) {
        while (i < part.end && is_white(source[i])) {
          ++i;
        }
        builder_.space({begin, i}, in_cell_);
        continue;
      }
      // One blank between two words needs no care.
      while (i < part.end && (!is_white(source[i]) ||
                              (source[i] == ' ' && i + 1 < part.end && !is_white(source[i + 1])))) {
        ++i;
      }
      put_with_entities(builder_, {begin, i});
    }
  }

  void open(const TagToken& token) {
    const std::string_view name = builder_.source(token.name);
    const Element element = element_of(name);
    switch (element) {
      case Element::kUnknown:
        builder_.text(token.whole);
        return;
      case Element::kInline:
        break;
      case Element::kCell:
        cell(token);
        in_cell_ = true;
        break;
      case Element::kRow:
        builder_.row();
        in_cell_ = false;
        if (equals_ignore_case(name, "tr")) {
          grid_.begin_row();
        } else {
          grid_.begin_table();
        }
        break;
      case Element::kVerbatim:
        verbatim_ += token.empty ? 0 : 1;
        builder_.line();
        break;
      case Element::kBlock:
      case Element::kRawText:
      case Element::kParameter:
        builder_.line();
        break;
    }
    attributes(token, element == Element::kParameter);
    if (element == Element::kRawText && !token.empty) {
      builder_.text(scanner_.until_close(name));
      builder_.line();
    }
  }

  // Cells that span rows or columns leave the others under their headers.
  void cell(const TagToken& token) {
    size_t columns = 1;
    size_t rows = 1;
    if (builder_.source(token.content).find("span") != std::string_view::npos) {
      Span rest = token.content;
      Attribute attribute;
      while (next_attribute(builder_.source(), rest, attribute)) {
        const std::string_view name = builder_.source(attribute.name);
        const std::string_view digits = builder_.source(attribute.value);
        size_t number = 1;
        std::from_chars(digits.data(), digits.data() + digits.size(), number);
        if (equals_ignore_case(name, "colspan")) columns = number;
        if (equals_ignore_case(name, "rowspan")) rows = number;
      }
    }
    for (size_t empty = grid_.begin_cell(columns, rows); empty > 0; --empty) builder_.cell();
    builder_.cell();
  }

  void attributes(const TagToken& token, bool parameter) {
    const std::string_view source = builder_.source();
    Span rest = token.content;
    Attribute attribute;
    while (next_attribute(source, rest, attribute)) {
      const std::string_view name = builder_.source(attribute.name);
      if (parameter && equals_ignore_case(name, "ac:name")) {
        if (attribute.value.size() != 0) {
          put_with_entities(builder_, attribute.value);
          builder_.inserted(": ");
        }
        continue;
      }
      // With its name and quotes as it stands: <input data-key="…"> is a key and its value.
      const bool bare = attribute.value.size() == 0 && attribute.whole.size() < 8;
      if (!bare && !is_mechanical_attribute(name)) {
        builder_.aside({.name = {}, .value = attribute.whole, .decode = put_attribute});
      }
    }
  }

  void close(const TagToken& token) {
    switch (element_of(builder_.source(token.name))) {
      case Element::kUnknown:
        builder_.text(token.whole);
        return;
      case Element::kInline:
        return;
      case Element::kCell:
        in_cell_ = false;
        return;
      case Element::kRow:
        builder_.row();
        in_cell_ = false;
        return;
      case Element::kVerbatim:
        verbatim_ -= verbatim_ > 0 ? 1 : 0;
        builder_.line();
        return;
      case Element::kBlock:
      case Element::kRawText:
      case Element::kParameter:
        builder_.line();
        return;
    }
  }

  TextBuilder builder_;
  TagScanner scanner_;
  TableGrid grid_;
  size_t verbatim_ = 0;
  bool in_cell_ = false;
};

}  // namespace
}  // namespace tagged

Extracted read_tagged(std::string_view source) { return tagged::Reader(source).read(); }

}  // namespace spillguard::text
