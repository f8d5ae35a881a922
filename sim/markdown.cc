// Block structure of markdown. Lines are taken one after the other; what no block claims is a
// paragraph.
#include "sim/markdown.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/strings.h"
#include "sim/prose.h"

namespace spillguard::sim {
namespace {

size_t indent_of(std::string_view line) {
  size_t columns = 0;
  for (const char c : line) {
    if (c == ' ') {
      ++columns;
    } else if (c == '\t') {
      columns += 4;
    } else {
      break;
    }
  }
  return columns;
}

// Length of the marker of a list item with its blank ("- ", "12. "), 0 for none.
size_t marker_length(std::string_view text) {
  if (text.size() >= 2 && (text[0] == '-' || text[0] == '*' || text[0] == '+') && text[1] == ' ')
    return 2;
  size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
  if (digits == 0 || digits > 9 || digits + 1 >= text.size()) return 0;
  return (text[digits] == '.' || text[digits] == ')') && text[digits + 1] == ' ' ? digits + 2 : 0;
}

std::string_view fence_of(std::string_view text) {
  if (text.starts_with("```")) return "```";
  if (text.starts_with("~~~")) return "~~~";
  return {};
}

bool is_rule(std::string_view text) {
  return text.size() >= 3 && (text[0] == '-' || text[0] == '*' || text[0] == '_') &&
         text.find_first_not_of(std::string{text[0], ' '}) == std::string_view::npos;
}

bool is_table_line(std::string_view text) {
  return text.size() > 2 && text.find('|') != std::string_view::npos &&
         text.find_first_not_of("|-: \t") == std::string_view::npos &&
         text.find('-') != std::string_view::npos;
}

size_t heading_level(std::string_view text) {
  const auto level = text.find_first_not_of('#');
  if (level == std::string_view::npos || level == 0 || level > 6) return 0;
  return text[level] == ' ' || text[level] == '\t' ? level : 0;
}

class BlockWriter {
 public:
  explicit BlockWriter(std::string_view text) {
    for (auto line : split(text, '\n')) {
      if (line.ends_with('\r')) line.remove_suffix(1);
      lines_.push_back(line);
    }
  }

  std::string write() {
    while (at_ < lines_.size()) {
      const auto text = trim(lines_[at_]);
      if (text.empty()) {
        ++at_;
      } else if (!fence_of(text).empty()) {
        fenced_code();
      } else if (const auto level = heading_level(text)) {
        const auto tag = "h" + std::to_string(level);
        block(fmt::format("<{0}>{1}</{0}>", tag, markdown_inline(trim(text.substr(level)))));
        ++at_;
      } else if (is_rule(text)) {
        block("<hr />");
        ++at_;
      } else if (text.starts_with('>')) {
        quote();
      } else if (marker_length(text) > 0) {
        list();
      } else if (at_ + 1 < lines_.size() && text.find('|') != std::string_view::npos &&
                 is_table_line(trim(lines_[at_ + 1]))) {
        table();
      } else if (indent_of(lines_[at_]) >= 4) {
        indented_code();
      } else {
        paragraph();
      }
    }
    return std::move(out_);
  }

 private:
  void block(const std::string& text) {
    if (!out_.empty()) out_ += '\n';
    out_ += text;
  }

  void code(std::string_view language, std::string_view text) {
    std::string macro = "<ac:structured-macro ac:name=\"code\" ac:schema-version=\"1\">";
    if (!language.empty()) {
      macro += "<ac:parameter ac:name=\"language\">" + escape_xml(language) + "</ac:parameter>";
    }
    block(macro + "<ac:plain-text-body>" + cdata(text) +
          "</ac:plain-text-body></ac:structured-macro>");
  }

  void fenced_code() {
    const auto first = trim(lines_[at_++]);
    const auto fence = fence_of(first);
    const auto language =
        trim(first.substr(first.find_first_not_of(fence[0]) == std::string_view::npos
                              ? first.size()
                              : first.find_first_not_of(fence[0])));
    std::string text;
    for (; at_ < lines_.size() && !trim(lines_[at_]).starts_with(fence); ++at_) {
      text += lines_[at_];
      text += '\n';
    }
    ++at_;
    code(language, text);
  }

  void indented_code() {
    std::string text;
    for (; at_ < lines_.size() && (indent_of(lines_[at_]) >= 4 || trim(lines_[at_]).empty());
         ++at_) {
      text += lines_[at_];
      text += '\n';
    }
    code({}, text);
  }

  void quote() {
    std::string inner;
    for (; at_ < lines_.size() && trim(lines_[at_]).starts_with('>'); ++at_) {
      inner += trim(lines_[at_]).substr(1);
      inner += '\n';
    }
    // One level of '>' is gone from each line, so this ends.
    block("<blockquote>" + (depth_ < 8 ? nested(inner) : escape_xml(inner)) + "</blockquote>");
  }

  std::string nested(std::string_view text) {
    BlockWriter writer(text);
    writer.depth_ = depth_ + 1;
    return writer.write();
  }

  void list() {
    const auto indent = indent_of(lines_[at_]);
    const auto first = trim(lines_[at_]);
    const bool ordered = first[0] >= '0' && first[0] <= '9';
    std::string items;
    while (at_ < lines_.size()) {
      const auto text = trim(lines_[at_]);
      const auto length = marker_length(text);
      if (length == 0 || indent_of(lines_[at_]) != indent) break;
      std::string inner(text.substr(length));
      ++at_;
      // What is indented deeper belongs to the item, blank lines between included.
      for (; at_ < lines_.size(); ++at_) {
        const bool blank = trim(lines_[at_]).empty();
        const bool inside = blank
                                ? at_ + 1 < lines_.size() && indent_of(lines_[at_ + 1]) > indent &&
                                      !trim(lines_[at_ + 1]).empty()
                                : indent_of(lines_[at_]) > indent;
        if (!inside) break;
        inner += '\n';
        inner += lines_[at_].substr(std::min(
            lines_[at_].size(), std::min(indent + length, lines_[at_].find_first_not_of(" \t"))));
      }
      items += "<li>" + (depth_ < 8 ? nested(inner) : escape_xml(inner)) + "</li>";
    }
    const std::string tag = ordered ? "ol" : "ul";
    block("<" + tag + ">" + items + "</" + tag + ">");
  }

  void row(std::string_view line, std::string_view tag, std::string& rows) {
    line = trim(line);
    if (line.starts_with('|')) line.remove_prefix(1);
    if (line.ends_with('|') && !line.ends_with("\\|")) line.remove_suffix(1);
    rows += "<tr>";
    size_t begin = 0;
    for (size_t i = 0; i <= line.size(); ++i) {
      if (i < line.size() && (line[i] != '|' || (i > 0 && line[i - 1] == '\\'))) continue;
      rows += "<" + std::string(tag) + ">" + markdown_inline(trim(line.substr(begin, i - begin))) +
              "</" + std::string(tag) + ">";
      begin = i + 1;
    }
    rows += "</tr>";
  }

  void table() {
    std::string rows;
    row(lines_[at_], "th", rows);
    for (at_ += 2; at_ < lines_.size() && lines_[at_].find('|') != std::string_view::npos; ++at_)
      row(lines_[at_], "td", rows);
    block("<table><tbody>" + rows + "</tbody></table>");
  }

  void paragraph() {
    std::string text;
    for (; at_ < lines_.size(); ++at_) {
      const auto line = trim(lines_[at_]);
      const bool starts_block = line.empty() || !fence_of(line).empty() ||
                                heading_level(line) > 0 || line.starts_with('>') ||
                                marker_length(line) > 0;
      if (starts_block && (line.empty() || !text.empty())) break;
      if (!text.empty()) text += '\n';
      text += line;
    }
    block("<p>" + markdown_inline(text) + "</p>");
  }

  std::vector<std::string_view> lines_;
  size_t at_ = 0;
  int depth_ = 0;
  std::string out_;
};

}  // namespace

std::string markdown_to_storage(std::string_view markdown) { return BlockWriter(markdown).write(); }

}  // namespace spillguard::sim
