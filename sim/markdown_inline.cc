// Inline markdown: code spans, links, images, emphasis, escapes.
#include "base/strings.h"
#include "sim/markdown.h"
#include "sim/prose.h"

namespace spillguard::sim {
namespace {

struct Link {
  std::string_view text;
  std::string_view url;
  size_t end = 0;  // behind it
};

// The bracket that closes the one at `open`, nested ones skipped.
size_t closing(std::string_view text, size_t open, char opener, char closer) {
  size_t depth = 0;
  for (size_t i = open; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == opener) {
      ++depth;
    } else if (text[i] == closer && --depth == 0) {
      return i;
    }
  }
  return std::string_view::npos;
}

// [text](url) at `at`.
bool read_link(std::string_view text, size_t at, Link& link) {
  const auto end_text = closing(text, at, '[', ']');
  if (end_text == std::string_view::npos || end_text + 1 >= text.size() ||
      text[end_text + 1] != '(')
    return false;
  const auto end_url = closing(text, end_text + 1, '(', ')');
  if (end_url == std::string_view::npos) return false;
  link = {.text = text.substr(at + 1, end_text - at - 1),
          .url = text.substr(end_text + 2, end_url - end_text - 2),
          .end = end_url + 1};
  return true;
}

bool is_mark(char c) { return c == '*' || c == '_'; }

bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         static_cast<unsigned char>(c) > 127;
}

class InlineWriter {
 public:
  InlineWriter(std::string_view text, int depth) : text_(text), depth_(depth) {}

  std::string write() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\\' && at_ + 1 < text_.size() && !is_word(text_[at_ + 1]) &&
          text_[at_ + 1] != ' ') {
        put(text_.substr(at_ + 1, 1));
        at_ += 2;
      } else if ((c == '`' && code()) || (c == '!' && image()) || (c == '[' && link()) ||
                 (c == '<' && autolink()) || (is_mark(c) && emphasis())) {
        continue;
      } else {
        put(text_.substr(at_++, 1));
      }
    }
    return std::move(out_);
  }

 private:
  void put(std::string_view text) { out_ += escape_xml(text); }

  bool code() {
    const auto run = text_.find_first_not_of('`', at_);
    if (run == std::string_view::npos) return false;
    const std::string fence(run - at_, '`');
    const auto end = text_.find(fence, run);
    if (end == std::string_view::npos) return false;
    out_ += "<code>" + escape_xml(trim(text_.substr(run, end - run))) + "</code>";
    at_ = end + fence.size();
    return true;
  }

  bool image() {
    Link found;
    if (at_ + 1 >= text_.size() || text_[at_ + 1] != '[' || !read_link(text_, at_ + 1, found))
      return false;
    out_ += "<ac:image ac:alt=\"" + escape_xml(found.text) + "\"><ri:url ri:value=\"" +
            escape_xml(found.url) + "\" /></ac:image>";
    at_ = found.end;
    return true;
  }

  bool link() {
    Link found;
    if (depth_ > 4 || !read_link(text_, at_, found)) return false;
    out_ += "<a href=\"" + escape_xml(found.url) + "\">" +
            InlineWriter(found.text, depth_ + 1).write() + "</a>";
    at_ = found.end;
    return true;
  }

  bool autolink() {
    const auto end = text_.find('>', at_);
    if (end == std::string_view::npos) return false;
    const auto inside = text_.substr(at_ + 1, end - at_ - 1);
    if (inside.find("://") == std::string_view::npos ||
        inside.find_first_of(" <\"") != std::string_view::npos) {
      return false;
    }
    out_ += "<a href=\"" + escape_xml(inside) + "\">" + escape_xml(inside) + "</a>";
    at_ = end + 1;
    return true;
  }

  bool emphasis() {
    const char mark = text_[at_];
    const bool strong = at_ + 1 < text_.size() && text_[at_ + 1] == mark;
    const std::string fence(strong ? 2 : 1, mark);
    const auto begin = at_ + fence.size();
    // snake_case and 2 * 3 are not emphasis.
    if (depth_ > 4 || begin >= text_.size() || text_[begin] == ' ' ||
        (at_ > 0 && is_word(text_[at_ - 1])))
      return false;
    const auto end = text_.find(fence, begin + 1);
    if (end == std::string_view::npos || text_[end - 1] == ' ') return false;
    const auto after = end + fence.size();
    if (after < text_.size() && (is_word(text_[after]) || text_[after] == mark)) return false;
    const std::string_view tag = strong ? "strong" : "em";
    out_ += '<';
    out_ += tag;
    out_ += '>';
    out_ += InlineWriter(text_.substr(begin, end - begin), depth_ + 1).write();
    out_ += "</";
    out_ += tag;
    out_ += '>';
    at_ = after;
    return true;
  }

  std::string_view text_;
  int depth_;
  size_t at_ = 0;
  std::string out_;
};

}  // namespace

std::string markdown_inline(std::string_view text) { return InlineWriter(text, 0).write(); }

}  // namespace spillguard::sim
