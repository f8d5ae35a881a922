// The two markups of a Block: Jira's wiki text and Confluence's storage format.
#include <fmt/format.h>

#include <utility>

#include "base/strings.h"
#include "sim/prose.h"

namespace spillguard::sim {
namespace {

std::string joined_lines(const Block& block) {
  std::string text;
  for (const auto& line : block.lines) {
    if (!text.empty()) text += '\n';
    text += line;
  }
  return text;
}

std::string wiki_table(const Block& block) {
  std::string text;
  for (size_t row = 0; row < block.lines.size(); ++row) {
    const std::string_view bar = row == 0 ? "||" : "|";
    for (const auto cell : split(block.lines[row], '\t')) {
      text += bar;
      text += cell;
    }
    text += bar;
    if (row + 1 < block.lines.size()) text += '\n';
  }
  return text;
}

std::string storage_table(const Block& block) {
  std::string text = "<table><tbody>";
  for (size_t row = 0; row < block.lines.size(); ++row) {
    const std::string_view tag = row == 0 ? "th" : "td";
    text += "<tr>";
    for (const auto cell : split(block.lines[row], '\t')) {
      text += fmt::format("<{}>{}</{}>", tag, escape_xml(cell), tag);
    }
    text += "</tr>";
  }
  return text + "</tbody></table>";
}

std::string code_macro(std::string_view name, std::string_view language, std::string_view text) {
  std::string macro =
      fmt::format("<ac:structured-macro ac:name=\"{}\" ac:schema-version=\"1\">", name);
  if (!language.empty()) {
    macro +=
        fmt::format("<ac:parameter ac:name=\"language\">{}</ac:parameter>", escape_xml(language));
  }
  macro += "<ac:plain-text-body>" + cdata(text) + "</ac:plain-text-body></ac:structured-macro>";
  return macro;
}

std::string to_wiki_block(const Block& block) {
  auto text = joined_lines(block);
  switch (block.kind) {
    case Block::Kind::kHeading:
      return "h3. " + text;
    case Block::Kind::kCode:
      return fmt::format("{{code:{}}}\n{}\n{{code}}", block.language, text);
    case Block::Kind::kLog:
      return fmt::format("{{noformat}}\n{}\n{{noformat}}", text);
    case Block::Kind::kQuote:
      return fmt::format("{{quote}}\n{}\n{{quote}}", text);
    case Block::Kind::kTable:
      return wiki_table(block);
    case Block::Kind::kLink:
      return fmt::format("[{}|{}]", block.lines[0], block.lines[1]);
    case Block::Kind::kBullets: {
      std::string bullets;
      for (const auto& line : block.lines) {
        if (!bullets.empty()) bullets += '\n';
        bullets += "* " + line;
      }
      return bullets;
    }
    default:
      return text;
  }
}

}  // namespace

std::string to_wiki(const std::vector<Block>& blocks) {
  std::string text;
  for (const auto& block : blocks) {
    if (!text.empty()) text += "\r\n\r\n";
    text += to_wiki_block(block);
  }
  return text;
}

std::string to_storage(const Block& block) {
  auto text = joined_lines(block);
  switch (block.kind) {
    case Block::Kind::kHeading:
      return "<h2>" + escape_xml(text) + "</h2>";
    case Block::Kind::kCode:
      return code_macro("code", block.language, text);
    case Block::Kind::kLog:
      return code_macro("noformat", "", text);
    case Block::Kind::kQuote:
      return "<blockquote><p>" + escape_xml(text) + "</p></blockquote>";
    case Block::Kind::kTable:
      return storage_table(block);
    case Block::Kind::kLink:
      return fmt::format("<p>See <a href=\"{}\">{}</a>.</p>", escape_xml(block.lines[1]),
                         escape_xml(block.lines[0]));
    case Block::Kind::kBullets: {
      std::string bullets = "<ul>";
      for (const auto& line : block.lines) bullets += "<li>" + escape_xml(line) + "</li>";
      return bullets + "</ul>";
    }
    default:
      return "<p>" + escape_xml(text) + "</p>";
  }
}

std::string escape_xml(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 16);
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string cdata(std::string_view text) {
  std::string out = "<![CDATA[";
  for (size_t at = 0;;) {
    const auto end = text.find("]]>", at);
    if (end == std::string_view::npos) {
      out += text.substr(at);
      break;
    }
    out += text.substr(at, end + 2 - at);
    out += "]]><![CDATA[";
    at = end + 2;
  }
  return out + "]]>";
}

}  // namespace spillguard::sim
