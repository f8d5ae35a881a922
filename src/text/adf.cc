// Atlassian Document Format: a tree of nodes {"type", "text", "marks", "attrs", "content"}. Read in
// document order with a stack of its own, so that no depth of nesting can exhaust the thread's.
#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "text/json_tokens.h"
#include "text/readers.h"
#include "text/table_grid.h"

namespace spillguard::text {
namespace adf {
namespace {

constexpr size_t kNone = static_cast<size_t>(-1);
constexpr size_t kShortestNumber = 6;

enum class Shape { kInline, kBlock, kRow, kCell, kTable };

Shape shape_of(std::string_view type) {
  constexpr std::array<std::string_view, 10> kInlineTypes = {
      "date",        "emoji",   "hardBreak",   "inlineCard", "inlineExtension",
      "mediaInline", "mention", "placeholder", "status",     "text"};
  if (std::find(kInlineTypes.begin(), kInlineTypes.end(), type) != kInlineTypes.end()) {
    return Shape::kInline;
  }
  if (type == "tableCell" || type == "tableHeader") {
    return Shape::kCell;
  }
  if (type == "tableRow") {
    return Shape::kRow;
  }
  return type == "table" ? Shape::kTable : Shape::kBlock;
}

// Attributes that the editor fills: ids, numbers, looks.
bool is_mechanical(std::string_view key) {
  constexpr std::array<std::string_view, 24> kKeys = {
      "__external", "accessLevel", "background", "collection", "color",
      "colwidth",   "colspan",     "height",     "id",         "isNumberColumnEnabled",
      "layout",     "level",       "localId",    "macroId",    "occurrenceKey",
      "order",      "panelColor",  "panelType",  "rowspan",    "schemaVersion",
      "timestamp",  "type",        "userType",   "width"};
  return std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end();
}

// Names that say less than the name of the object around them: {"password": {"value": "…"}}.
bool is_empty_name(std::string_view key) { return key == "value" || key == "_value"; }

class Reader {
 public:
  Reader(std::string_view source, std::vector<JsonToken> tokens)
      : builder_(source), tokens_(std::move(tokens)) {}

  // False when the JSON is no document.
  bool read() {
    if (!is_document()) {
      return false;
    }
    stack_.push_back({.next = 0, .end = 1, .shape = Shape::kInline});
    while (!stack_.empty()) {
      Frame& frame = stack_.back();
      if (frame.next >= frame.end) {
        leave(frame.shape);
        stack_.pop_back();
        continue;
      }
      const size_t index = frame.next;
      frame.next = tokens_[index].next;
      enter(index);
    }
    return true;
  }

  Extracted finish() && { return std::move(builder_).finish(); }

 private:
  // The values of a node's members, by index; kNone when it lacks one.
  struct Node {
    std::string_view type;
    size_t text = kNone;
    size_t marks = kNone;
    size_t attrs = kNone;
    size_t content = kNone;
  };
  // The rest of the values of an array that are to be read.
  struct Frame {
    size_t next;
    size_t end;
    Shape shape;
  };
  // The same for values whose meaning we do not know; `name` leads to them.
  struct Level {
    size_t next;
    size_t end;
    size_t name;
    bool object;
  };

  [[nodiscard]] std::string_view text_of(size_t index) const {
    return builder_.source(tokens_[index].place());
  }
  [[nodiscard]] bool is(size_t index, JsonKind kind) const {
    return index != kNone && tokens_[index].kind == kind;
  }

  [[nodiscard]] bool is_document() const {
    if (tokens_.empty() || tokens_[0].kind != JsonKind::kObject) {
      return false;
    }
    for (size_t key = 1; key < tokens_[0].next; key = tokens_[key + 1].next) {
      if (text_of(key) == "type" && text_of(key + 1) == "doc") {
        return true;
      }
    }
    return false;
  }

  // The last of two members of one name counts, as in the hosts; the first is read all the same.
  void set(size_t& member, size_t value) {
    if (member != kNone) {
      asides(kNone, member);
    }
    member = value;
  }

  Node members(size_t object) {
    Node node;
    for (size_t key = object + 1; key < tokens_[object].next; key = tokens_[key + 1].next) {
      const std::string_view name = text_of(key);
      const size_t value = key + 1;
      if (name == "type" && is(value, JsonKind::kString)) {
        node.type = text_of(value);
      } else if (name == "text" && is(value, JsonKind::kString)) {
        set(node.text, value);
      } else if (name == "marks") {
        set(node.marks, value);
      } else if (name == "attrs") {
        set(node.attrs, value);
      } else if (name == "content" && is(value, JsonKind::kArray)) {
        set(node.content, value);
      } else if (name != "version") {
        asides(key, value);  // unknown members are read too
      }
    }
    return node;
  }

  void enter(size_t index) {
    if (!is(index, JsonKind::kObject)) {
      asides(kNone, index);
      return;
    }
    const Node node = members(index);
    const Shape shape = shape_of(node.type);
    begin(shape, node);
    if (node.marks != kNone) {
      asides(kNone, node.marks);
    }
    if (node.attrs != kNone) {
      attributes(node);
    }
    if (node.text != kNone) {
      put_json_string(builder_, tokens_[node.text].place());
    }
    if (node.type == "hardBreak") {
      builder_.line();
    }
    if (node.content != kNone) {
      stack_.push_back(
          {.next = node.content + 1, .end = tokens_[node.content].next, .shape = shape});
    } else {
      leave(shape);
    }
  }

  void begin(Shape shape, const Node& node) {
    switch (shape) {
      case Shape::kInline:
        break;
      case Shape::kBlock:
        builder_.line();
        break;
      case Shape::kCell:
        for (size_t empty = grid_.begin_cell(span(node, "colspan"), span(node, "rowspan"));
             empty > 0; --empty) {
          builder_.cell();
        }
        builder_.cell();
        break;
      case Shape::kRow:
        builder_.row();
        grid_.begin_row();
        break;
      case Shape::kTable:
        builder_.row();
        grid_.begin_table();
        break;
    }
  }

  // How many rows or columns a cell spans.
  [[nodiscard]] size_t span(const Node& node, std::string_view name) const {
    size_t number = 1;
    if (!is(node.attrs, JsonKind::kObject)) return number;
    for (size_t key = node.attrs + 1; key < tokens_[node.attrs].next; key = tokens_[key + 1].next) {
      if (text_of(key) != name) continue;
      const std::string_view digits = text_of(key + 1);
      std::from_chars(digits.data(), digits.data() + digits.size(), number);
    }
    return number;
  }

  void leave(Shape shape) {
    if (shape == Shape::kBlock) {
      builder_.line();
    } else if (shape == Shape::kRow || shape == Shape::kTable) {
      builder_.row();
    }
  }

  // The words of a mention, a status or a placeholder stand in the line; all else stands aside.
  void attributes(const Node& node) {
    const bool visible = node.type == "mention" || node.type == "status" ||
                         node.type == "placeholder" || node.type == "emoji";
    if (!visible || !is(node.attrs, JsonKind::kObject)) {
      asides(kNone, node.attrs);
      return;
    }
    for (size_t key = node.attrs + 1; key < tokens_[node.attrs].next; key = tokens_[key + 1].next) {
      if (text_of(key) == "text" && is(key + 1, JsonKind::kString)) {
        put_json_string(builder_, tokens_[key + 1].place());
      } else if (text_of(key) != "shortName") {
        asides(key, key + 1);
      }
    }
  }

  // Every string of a value, and numbers of a length that may mean something, each with the name
  // that leads to it.
  void asides(size_t name, size_t value) {
    levels_.clear();
    aside_or_level(name, value);
    while (!levels_.empty()) {
      Level& level = levels_.back();
      if (level.next >= level.end) {
        levels_.pop_back();
        continue;
      }
      size_t child = level.next;
      size_t child_name = level.name;
      bool skip = false;
      if (level.object) {
        const std::string_view key = text_of(child);
        skip = is_mechanical(key);
        child_name = is_empty_name(key) ? child_name : child;
        ++child;
      }
      level.next = tokens_[child].next;
      if (!skip) {
        aside_or_level(child_name, child);
      }
    }
  }

  void aside_or_level(size_t name, size_t value) {
    const JsonToken& token = tokens_[value];
    switch (token.kind) {
      case JsonKind::kObject:
      case JsonKind::kArray:
        levels_.push_back({.next = value + 1,
                           .end = token.next,
                           .name = name,
                           .object = token.kind == JsonKind::kObject});
        break;
      case JsonKind::kString:
      case JsonKind::kNumber:
        if (token.place().size() >= (token.kind == JsonKind::kString ? 1 : kShortestNumber)) {
          builder_.aside({.name = name == kNone ? Span{} : tokens_[name].place(),
                          .value = token.place(),
                          .decode = put_json_string});
        }
        break;
      case JsonKind::kWord:
        break;
    }
  }

  TextBuilder builder_;
  std::vector<JsonToken> tokens_;
  std::vector<Frame> stack_;
  std::vector<Level> levels_;
  TableGrid grid_;
};

}  // namespace
}  // namespace adf

Extracted read_adf(std::string_view source) {
  auto tokens = tokenize_json_object(source);
  if (!tokens) {
    return as_it_stands(source, true);
  }
  adf::Reader reader(source, std::move(*tokens));
  return reader.read() ? std::move(reader).finish() : as_it_stands(source, true);
}

}  // namespace spillguard::text
