#include "text/json_tokens.h"

namespace spillguard::text {
namespace {

constexpr size_t kNoPlace = std::string_view::npos;

class JsonScanner {
 public:
  explicit JsonScanner(std::string_view source) : source_(source) {}

  std::optional<std::vector<JsonToken>> scan() {
    skip_blanks();
    if (at() != '{' || source_.size() >= UINT32_MAX) {
      return std::nullopt;
    }
    // What may stand next; the containers around it are in open_.
    bool want_value = true;
    while (true) {
      skip_blanks();
      if (want_value) {
        const size_t before = open_.size();
        if (!value()) {
          return std::nullopt;
        }
        if (open_.size() > before) {
          want_value = true;
          if (!first_of_container(want_value)) {
            return std::nullopt;
          }
          continue;
        }
      }
      if (open_.empty()) {
        skip_blanks();
        return position_ == source_.size() ? std::optional(std::move(tokens_)) : std::nullopt;
      }
      if (!after_value(want_value)) {
        return std::nullopt;
      }
    }
  }

 private:
  [[nodiscard]] char at() const { return position_ < source_.size() ? source_[position_] : '\0'; }
  [[nodiscard]] bool in_object() const { return tokens_[open_.back()].kind == JsonKind::kObject; }

  void skip_blanks() {
    while (at() == ' ' || at() == '\n' || at() == '\r' || at() == '\t') {
      ++position_;
    }
  }

  void add(JsonKind kind, Span place) {
    tokens_.push_back({.begin = static_cast<uint32_t>(place.begin),
                       .end = static_cast<uint32_t>(place.end),
                       .next = static_cast<uint32_t>(tokens_.size() + 1),
                       .kind = kind});
  }

  // Behind '[' or '{': the end, the first key, or a value.
  bool first_of_container(bool& want_value) {
    skip_blanks();
    if (at() == (in_object() ? '}' : ']')) {
      close_container();
      want_value = false;
      return true;
    }
    return !in_object() || key();
  }

  // Behind a value: the end of its container or a comma.
  bool after_value(bool& want_value) {
    skip_blanks();
    if (at() == (in_object() ? '}' : ']')) {
      close_container();
      want_value = false;
      return true;
    }
    if (at() != ',') {
      return false;
    }
    ++position_;
    want_value = true;
    skip_blanks();
    return !in_object() || key();
  }

  void close_container() {
    ++position_;
    JsonToken& container = tokens_[open_.back()];
    container.end = static_cast<uint32_t>(position_);
    container.next = static_cast<uint32_t>(tokens_.size());
    open_.pop_back();
  }

  bool key() {
    if (!string()) {
      return false;
    }
    skip_blanks();
    if (at() != ':') {
      return false;
    }
    ++position_;
    return true;
  }

  bool value() {
    const char c = at();
    if (c == '"') {
      return string();
    }
    if (c == '{' || c == '[') {
      add(c == '{' ? JsonKind::kObject : JsonKind::kArray, {position_, position_ + 1});
      open_.push_back(static_cast<uint32_t>(tokens_.size() - 1));
      ++position_;
      return true;
    }
    return scalar();
  }

  bool string() {
    if (at() != '"') {
      return false;
    }
    const size_t begin = ++position_;
    while (true) {
      position_ = source_.find_first_of("\"\\", position_);
      if (position_ == kNoPlace ||
          (source_[position_] == '\\' && position_ + 1 >= source_.size())) {
        position_ = source_.size();
        return false;
      }
      if (source_[position_] == '"') {
        break;
      }
      position_ += 2;
    }
    add(JsonKind::kString, {begin, position_});
    ++position_;
    return true;
  }

  bool scalar() {
    const size_t begin = position_;
    while ((at() >= 'a' && at() <= 'z') || (at() >= '0' && at() <= '9') || at() == '-' ||
           at() == '+' || at() == '.' || at() == 'E') {
      ++position_;
    }
    if (position_ == begin) {
      return false;
    }
    const std::string_view word = source_.substr(begin, position_ - begin);
    const bool number = word[0] == '-' || (word[0] >= '0' && word[0] <= '9');
    add(number ? JsonKind::kNumber : JsonKind::kWord, {begin, position_});
    return number || word == "true" || word == "false" || word == "null";
  }

  std::string_view source_;
  size_t position_ = 0;
  std::vector<JsonToken> tokens_;
  std::vector<uint32_t> open_;
};

// Four hexadecimal digits at `at`; nothing when they are not there.
std::optional<char32_t> hex4(std::string_view source, size_t at, size_t end) {
  if (at + 4 > end) {
    return std::nullopt;
  }
  char32_t value = 0;
  for (const char c : source.substr(at, 4)) {
    const bool digit = c >= '0' && c <= '9';
    const char lower = static_cast<char>(c | 0x20);
    if (!digit && (lower < 'a' || lower > 'f')) {
      return std::nullopt;
    }
    value = value * 16 + static_cast<char32_t>(digit ? c - '0' : lower - 'a' + 10);
  }
  return value;
}

struct Escape {
  char32_t character = 0;
  size_t length = 2;
};

// The escape that begins with the backslash at `at`; a broken one stands for its own characters.
std::optional<Escape> parse_escape(std::string_view source, size_t at, size_t end) {
  if (at + 1 >= end) {
    return std::nullopt;
  }
  switch (source[at + 1]) {
    case '"':
    case '\\':
    case '/':
      return Escape{static_cast<unsigned char>(source[at + 1]), 2};
    case 'b':
      return Escape{'\b', 2};
    case 'f':
      return Escape{'\f', 2};
    case 'n':
      return Escape{'\n', 2};
    case 'r':
      return Escape{'\r', 2};
    case 't':
      return Escape{'\t', 2};
    case 'u':
      break;
    default:
      return std::nullopt;
  }
  const auto unit = hex4(source, at + 2, end);
  if (!unit) {
    return std::nullopt;
  }
  if (*unit >= 0xD800 && *unit < 0xDC00 && source.substr(at + 6, 2) == "\\u") {
    const auto low = hex4(source, at + 8, end);
    if (low && *low >= 0xDC00 && *low < 0xE000) {
      return Escape{0x10000 + ((*unit - 0xD800) << 10U) + (*low - 0xDC00), 12};
    }
  }
  return Escape{*unit, 6};
}

}  // namespace

std::optional<std::vector<JsonToken>> tokenize_json_object(std::string_view source) {
  return JsonScanner(source).scan();
}

void put_json_string(TextBuilder& builder, Span place) {
  const std::string_view source = builder.source().substr(0, place.end);
  size_t done = place.begin;
  for (size_t i = source.find('\\', done); i != kNoPlace; i = source.find('\\', i)) {
    const auto escape = parse_escape(source, i, place.end);
    if (!escape) {
      ++i;
      continue;
    }
    builder.text({done, i});
    // "\r\n" is one line break.
    const bool pair = escape->character == '\r' && source.substr(i + 2, 2) == "\\n";
    if (!pair) {
      builder.code_point(escape->character == '\r' ? U'\n' : escape->character,
                         {i, i + escape->length});
    }
    i += escape->length;
    done = i;
  }
  builder.text({done, place.end});
}

}  // namespace spillguard::text
