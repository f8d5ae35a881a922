// A pattern is a row of tokens, run as a set of states over the path's characters: state i says
// that the tokens before i have matched what was read.
#include "cli/ignore_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace spillguard::cli {
namespace ignoring {
namespace {

constexpr size_t kMostCharacters = 4096;  // of one pattern

// A byte that is no UTF-8 becomes a value that no character has, so that it matches itself alone.
std::u32string characters_of(std::string_view text) {
  std::u32string out;
  for (size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    const size_t length = first < 0x80   ? 1
                          : first < 0xC2 ? 0
                          : first < 0xE0 ? 2
                          : first < 0xF0 ? 3
                          : first < 0xF5 ? 4
                                         : 0;
    char32_t character = length < 2 ? first : first & (0xFFU >> (length + 1));
    bool whole = length != 0 && i + length <= text.size();
    for (size_t k = 1; whole && k < length; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      whole = (next & 0xC0U) == 0x80U;
      character = character << 6U | (next & 0x3FU);
    }
    out += whole ? character : 0x110000U + first;
    i += whole ? length : 1;
  }
  return out;
}

// Without the end of line and the blanks before it, of which an escaped one stays.
std::string_view without_blanks(std::string_view line) {
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  while (line.ends_with(' ') || line.ends_with('\t')) {
    size_t slashes = 0;
    while (slashes + 1 < line.size() && line[line.size() - 2 - slashes] == '\\') {
      ++slashes;
    }
    if (slashes % 2 == 1) {
      break;
    }
    line.remove_suffix(1);
  }
  return line;
}

}  // namespace
}  // namespace ignoring

class PathPatternParser {
 public:
  using Kind = PathPattern::Kind;

  explicit PathPatternParser(std::string_view pattern) : text_(ignoring::characters_of(pattern)) {}

  Result<PathPattern> parse() {
    PathPattern out;
    if (text_.size() > ignoring::kMostCharacters) {
      return bad(fmt::format("longer than {} characters", ignoring::kMostCharacters));
    }
    if (text_.ends_with(U'/')) {
      out.folders_only_ = true;
      text_.pop_back();
    }
    if (text_.empty()) {
      return bad("names no file or folder");
    }
    if (text_.find(U'/') == std::u32string::npos) {
      out.tokens_.push_back({.kind = Kind::kFolders, .character = 0, .ranges = {}});
    } else if (text_.starts_with(U'/')) {
      text_.erase(0, 1);
    }
    for (size_t begin = 0; begin <= text_.size();) {
      const size_t end = std::min(text_.find(U'/', begin), text_.size());
      SG_TRY(name(begin, end, out.tokens_));
      begin = end + 1;
    }
    return out;
  }

 private:
  static tl::unexpected<Error> bad(std::string why) {
    return fail(Code::kInvalidArgument, std::move(why));
  }

  // What stands between two slashes.
  Status name(size_t begin, size_t end, std::vector<PathPattern::Token>& out) {
    const std::u32string_view part = std::u32string_view(text_).substr(begin, end - begin);
    if (part.empty()) {
      return bad("there is no name between two slashes");
    }
    if (part == U"." || part == U"..") {
      return bad("paths are relative to the scanned folder and never hold . or ..; begin with /");
    }
    const bool last = end == text_.size();
    if (part == U"**") {
      out.push_back(
          {.kind = last ? Kind::kAnything : Kind::kFolders, .character = 0, .ranges = {}});
      return {};
    }
    for (size_t i = 0; i < part.size();) {
      SG_TRY(token(part, i, out));
    }
    if (!last) {
      out.push_back({.kind = Kind::kCharacter, .character = U'/', .ranges = {}});
    }
    return {};
  }

  static Status token(std::u32string_view part, size_t& i, std::vector<PathPattern::Token>& out) {
    const char32_t c = part[i++];
    switch (c) {
      case U'*':
        if (out.empty() || out.back().kind != Kind::kAnyCharacters) {
          out.push_back({.kind = Kind::kAnyCharacters, .character = 0, .ranges = {}});
        }
        return {};
      case U'?':
        out.push_back({.kind = Kind::kAnyCharacter, .character = 0, .ranges = {}});
        return {};
      case U'[':
        return one_of(part, i, out);
      case U'\\':
        if (i == part.size()) {
          return bad("ends in a backslash; write \\\\ for a backslash of the name");
        }
        out.push_back({.kind = Kind::kCharacter, .character = part[i++], .ranges = {}});
        return {};
      default:
        out.push_back({.kind = Kind::kCharacter, .character = c, .ranges = {}});
        return {};
    }
  }

  static Status one_of(std::u32string_view part, size_t& i, std::vector<PathPattern::Token>& out) {
    PathPattern::Token token{.kind = Kind::kOneOf, .character = 0, .ranges = {}};
    if (i < part.size() && (part[i] == U'!' || part[i] == U'^')) {
      token.kind = Kind::kNoneOf;
      ++i;
    }
    const size_t first = i;
    const auto member = [&]() -> std::optional<char32_t> {
      i += i < part.size() && part[i] == U'\\' ? 1 : 0;
      return i < part.size() ? std::optional(part[i++]) : std::nullopt;
    };
    while (i < part.size() && (part[i] != U']' || i == first)) {
      if (part.substr(i, 2) == U"[:") {
        return bad("classes such as [:alpha:] are not known; write the range, [A-Za-z]");
      }
      const auto begin = member();
      auto end = begin;
      if (i + 1 < part.size() && part[i] == U'-' && part[i + 1] != U']') {
        ++i;
        end = member();
      }
      if (!begin || !end) {
        break;
      }
      if (*end < *begin) {
        return bad("a range in […] ends before it begins");
      }
      token.ranges.push_back({.first = *begin, .last = *end});
    }
    if (i >= part.size()) {
      return bad("[ without its ] (which may not have a slash between); write \\[ for a bracket");
    }
    ++i;
    out.push_back(std::move(token));
    return {};
  }

  std::u32string text_;
};

Result<PathPattern> PathPattern::compile(std::string_view pattern) {
  return PathPatternParser(pattern).parse();
}

bool PathPattern::Token::takes(char32_t c) const {
  const auto within = [&](const Range& range) { return range.first <= c && c <= range.last; };
  switch (kind) {
    case Kind::kCharacter:
      return c == character;
    case Kind::kAnyCharacter:
    case Kind::kAnyCharacters:
      return c != U'/';
    case Kind::kOneOf:
      return c != U'/' && std::any_of(ranges.begin(), ranges.end(), within);
    case Kind::kNoneOf:
      return c != U'/' && std::none_of(ranges.begin(), ranges.end(), within);
    case Kind::kFolders:
    case Kind::kAnything:
      return true;
  }
  return false;
}

bool PathPattern::matches(std::string_view path, bool folder) const {
  if (folders_only_ && !folder) {
    return false;
  }
  std::vector<char> now(tokens_.size() + 1, 0);
  std::vector<char> next(now.size());
  now[0] = 1;
  char32_t previous = U'/';
  // Tokens that may stand for nothing are passed; those of folders where a name begins only.
  const auto pass = [&](std::vector<char>& states) {
    for (size_t i = 0; i < tokens_.size(); ++i) {
      const Kind kind = tokens_[i].kind;
      const bool optional = kind == Kind::kAnyCharacters || kind == Kind::kAnything ||
                            (kind == Kind::kFolders && previous == U'/');
      if (states[i] != 0 && optional) {
        states[i + 1] = 1;
      }
    }
  };
  pass(now);
  for (const char32_t c : ignoring::characters_of(path)) {
    std::fill(next.begin(), next.end(), 0);
    for (size_t i = 0; i < tokens_.size(); ++i) {
      if (now[i] == 0 || !tokens_[i].takes(c)) {
        continue;
      }
      const Kind kind = tokens_[i].kind;
      const bool stays =
          kind == Kind::kAnyCharacters || kind == Kind::kAnything || kind == Kind::kFolders;
      next[stays ? i : i + 1] = 1;
    }
    previous = c;
    pass(next);
    now.swap(next);
  }
  return now.back() != 0;
}

Status IgnoreList::add(std::string_view file_name, std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) {
    text.remove_prefix(3);
  }
  size_t number = 0;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = ignoring::without_blanks(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.empty() || line.starts_with('#')) {
      continue;
    }
    const bool keeps = line.starts_with('!');
    line.remove_prefix(keeps ? 1 : 0);
    auto pattern = line.find('\0') == std::string_view::npos
                       ? PathPattern::compile(line)
                       : fail(Code::kInvalidArgument, "a NUL byte stands in no path");
    if (!pattern) {
      return fail(std::move(pattern).error().context(fmt::format("{}:{}", file_name, number)));
    }
    lines_.push_back({.pattern = std::move(*pattern), .keeps = keeps});
  }
  return {};
}

bool IgnoreList::ignores(std::string_view path, bool folder) const {
  const auto decides = std::find_if(lines_.rbegin(), lines_.rend(), [&](const Line& line) {
    return line.pattern.matches(path, folder);
  });
  return decides != lines_.rend() && !decides->keeps;
}

}  // namespace spillguard::cli
