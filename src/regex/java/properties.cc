// Source: the class comment of java.util.regex.Pattern (Java 17), and its behaviour where that is
// silent: counts of members and the effect of CASE_INSENSITIVE were observed.
#include "regex/java/properties.h"

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "regex/java/unicode_blocks.h"
#include "regex/java/unicode_sets.h"

namespace spillguard::regex::java {
namespace {

// The union of PCRE2 properties (one blank between names) and intervals.
SetExpr any_of_names(std::string_view names, const CodeRanges& ranges = {}) {
  SetExpr out = SetExpr::of(ranges);
  bool first = ranges.empty();
  for (const std::string_view name : split(names, ' ')) {
    SetExpr one = SetExpr::of_property(std::string(name));
    out = first ? std::move(one) : set_union(std::move(out), std::move(one));
    first = false;
  }
  return out;
}

constexpr std::string_view kCased = "Lowercase Uppercase Lt";
constexpr std::string_view kWord = "Alphabetic Mn Me Mc Nd Pc Join_Control";

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// POSIX classes in their ASCII meaning; names are matched as written.
std::optional<SetExpr> ascii_class(std::string_view name, bool ignore_case) {
  const auto ranges = [](std::initializer_list<CodeRange> list) {
    return std::optional<SetExpr>(SetExpr::of(list));
  };
  if (name == "ASCII") return ranges({{0, 0x7F}});
  if (name == "Alnum") return ranges({{'0', '9'}, {'A', 'Z'}, {'a', 'z'}});
  if (name == "Alpha") return ranges({{'A', 'Z'}, {'a', 'z'}});
  if (name == "Blank") return ranges({{'\t', '\t'}, {' ', ' '}});
  if (name == "Cntrl") return ranges({{0, 0x1F}, {0x7F, 0x7F}});
  if (name == "Digit") return ranges({{'0', '9'}});
  if (name == "Graph") return ranges({{'!', '~'}});
  if (name == "Print") return ranges({{' ', '~'}});
  if (name == "Punct") return ranges({{'!', '/'}, {':', '@'}, {'[', '`'}, {'{', '~'}});
  if (name == "Space") return ranges({{'\t', '\r'}, {' ', ' '}});
  if (name == "XDigit") return ranges({{'0', '9'}, {'A', 'F'}, {'a', 'f'}});
  const bool cased = name == "Lower" || name == "Upper";
  if (cased && ignore_case) return ranges({{'A', 'Z'}, {'a', 'z'}});
  if (name == "Lower") return ranges({{'a', 'z'}});
  if (name == "Upper") return ranges({{'A', 'Z'}});
  return std::nullopt;
}

// The same names in their Unicode meaning; any case.
std::optional<SetExpr> unicode_posix_class(std::string_view upper, bool ignore_case) {
  if (upper == "ALPHA") return any_of_names("Alphabetic");
  if (upper == "LOWER") return any_of_names(ignore_case ? kCased : "Lowercase");
  if (upper == "UPPER") return any_of_names(ignore_case ? kCased : "Uppercase");
  if (upper == "SPACE") return any_of_names("White_Space");
  if (upper == "PUNCT") return any_of_names("P");
  if (upper == "XDIGIT") return any_of_names("Nd Hex_Digit");
  if (upper == "ALNUM") return any_of_names("Alphabetic Nd");
  if (upper == "CNTRL") return any_of_names("Cc");
  if (upper == "DIGIT") return any_of_names("Nd");
  SetExpr blank = set_intersection(
      any_of_names("White_Space"),
      SetExpr::of(CodeRanges{{0x0A, 0x0D}, {0x85, 0x85}, {0x2028, 0x2029}}.complement()));
  SetExpr graph = set_complement(any_of_names("White_Space Cc Cs Cn"));
  if (upper == "BLANK") return blank;
  if (upper == "GRAPH") return graph;
  if (upper == "PRINT") {
    return set_intersection(set_union(graph, blank), set_complement(any_of_names("Cc")));
  }
  return std::nullopt;
}

// \p{Is…}: binary properties; any case.
std::optional<SetExpr> binary_property(std::string_view upper, bool ignore_case) {
  if (upper == "ALPHABETIC") return any_of_names("Alphabetic");
  if (upper == "LETTER") return any_of_names("L");
  if (upper == "IDEOGRAPHIC") return any_of_names("Ideographic");
  if (upper == "LOWERCASE") return any_of_names(ignore_case ? kCased : "Lowercase");
  if (upper == "UPPERCASE") return any_of_names(ignore_case ? kCased : "Uppercase");
  if (upper == "TITLECASE") return any_of_names(ignore_case ? kCased : "Lt");
  if (is_one_of(upper, {"WHITE_SPACE", "WHITESPACE"})) return any_of_names("White_Space");
  if (upper == "CONTROL") return any_of_names("Cc");
  if (upper == "PUNCTUATION") return any_of_names("P");
  if (is_one_of(upper, {"HEX_DIGIT", "HEXDIGIT"})) return any_of_names("Nd Hex_Digit");
  if (upper == "ASSIGNED") return set_complement(any_of_names("Cn"));
  if (is_one_of(upper, {"NONCHARACTER_CODE_POINT", "NONCHARACTERCODEPOINT"})) {
    return any_of_names("Noncharacter_Code_Point");
  }
  if (is_one_of(upper, {"JOIN_CONTROL", "JOINCONTROL"})) return any_of_names("Join_Control");
  if (upper == "WORD") return any_of_names(kWord);
  return unicode_posix_class(upper, ignore_case);
}

// \p{java…}: the methods of java.lang.Character.
std::optional<SetExpr> java_method(std::string_view name, bool ignore_case) {
  const CodeRanges ignorable{{0, 8}, {0x0E, 0x1B}, {0x7F, 0x9F}};
  if (name == "LowerCase") return any_of_names(ignore_case ? kCased : "Lowercase");
  if (name == "UpperCase") return any_of_names(ignore_case ? kCased : "Uppercase");
  if (name == "TitleCase") return any_of_names(ignore_case ? kCased : "Lt");
  if (name == "Alphabetic") return any_of_names("Alphabetic");
  if (name == "Ideographic") return any_of_names("Ideographic");
  if (name == "Digit") return any_of_names("Nd");
  if (name == "Defined") return set_complement(any_of_names("Cn"));
  if (name == "Letter") return any_of_names("L");
  if (name == "LetterOrDigit") return any_of_names("L Nd");
  if (name == "JavaIdentifierStart") return any_of_names("L Nl Sc Pc");
  if (name == "JavaIdentifierPart") return any_of_names("L Nl Sc Pc Nd Mc Mn Cf", ignorable);
  if (name == "UnicodeIdentifierStart") return any_of_names("ID_Start");
  if (name == "UnicodeIdentifierPart") return any_of_names("ID_Continue Cf", ignorable);
  if (name == "IdentifierIgnorable") return any_of_names("Cf", ignorable);
  if (name == "SpaceChar") return any_of_names("Z");
  if (name == "ISOControl") return SetExpr::of({{0, 0x1F}, {0x7F, 0x9F}});
  if (name == "Mirrored") {  // PCRE2 does not have it
    return SetExpr::of(property_members("Mirrored").value_or(CodeRanges()));
  }
  if (name == "Whitespace") {
    return SetExpr::of({{0x09, 0x0D},
                        {0x1C, 0x20},
                        {0x1680, 0x1680},
                        {0x2000, 0x2006},
                        {0x2008, 0x200A},
                        {0x2028, 0x2029},
                        {0x205F, 0x205F},
                        {0x3000, 0x3000}});
  }
  return std::nullopt;
}

// General categories and the other names that stand alone in \p{…}.
std::optional<SetExpr> category(std::string_view name, bool ignore_case) {
  if (is_one_of(name, {"Lu", "Ll", "Lt"}) && ignore_case) return any_of_names("Lu Ll Lt");
  static constexpr std::array<std::string_view, 37> kCategories = {
      "Cn", "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Me", "Mc", "Nd", "Nl", "No", "Zs",
      "Zl", "Zp", "Cc", "Cf", "Co", "Cs", "Pd", "Ps", "Pe", "Pc", "Po", "Sm", "Sc",
      "Sk", "So", "Pi", "Pf", "L",  "M",  "N",  "Z",  "C",  "P",  "S"};
  if (std::find(kCategories.begin(), kCategories.end(), name) != kCategories.end()) {
    return any_of_names(name);
  }
  if (name == "LC") return any_of_names("Lu Ll Lt");
  if (name == "LD") return any_of_names("L Nd");
  if (name == "L1") return SetExpr::of({{0, 0xFF}});
  if (name == "all") return SetExpr::of({{0, kMaxCodePoint}});
  if (name.starts_with("java")) return java_method(name.substr(4), ignore_case);
  return ascii_class(name, ignore_case);
}

// sc: keeps PCRE2 from taking script extensions, which Java does not.
std::optional<SetExpr> script(std::string_view name) {
  if (!is_script_name(name)) return std::nullopt;
  return SetExpr::of_property("sc:" + std::string(name));
}

std::optional<SetExpr> block(std::string_view name) {
  const auto range = unicode_block(name);
  if (!range) return std::nullopt;
  return SetExpr::of({*range});
}

}  // namespace

std::optional<SetExpr> named_property(std::string_view name, const PropertyFlags& flags) {
  if (name.starts_with("In")) return block(name.substr(2));
  if (name.starts_with("Is")) {
    const std::string_view rest = name.substr(2);
    if (auto set = binary_property(to_upper(rest), flags.ignore_case)) return set;
    if (auto set = category(rest, flags.ignore_case)) return set;
    return script(rest);
  }
  if (flags.unicode_character_class) {
    if (auto set = unicode_posix_class(to_upper(name), flags.ignore_case)) return set;
  }
  return category(name, flags.ignore_case);
}

std::optional<SetExpr> keyed_property(std::string_view key, std::string_view value,
                                      const PropertyFlags& flags) {
  const std::string lower = to_lower(key);
  if (lower == "sc" || lower == "script") return script(value);
  if (lower == "blk" || lower == "block") return block(value);
  if (lower == "gc" || lower == "general_category") return category(value, flags.ignore_case);
  return std::nullopt;
}

SetExpr predefined_class(char letter, bool unicode_character_class) {
  switch (letter) {
    case 'd':
      if (unicode_character_class) return any_of_names("Nd");
      return SetExpr::of({{'0', '9'}});
    case 'w':
      if (unicode_character_class) return any_of_names(kWord);
      return SetExpr::of({{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}});
    case 's':
      if (unicode_character_class) return any_of_names("White_Space");
      return SetExpr::of({{'\t', '\r'}, {' ', ' '}});
    case 'h':
      return SetExpr::of({{'\t', '\t'},
                          {' ', ' '},
                          {0xA0, 0xA0},
                          {0x1680, 0x1680},
                          {0x180E, 0x180E},
                          {0x2000, 0x200A},
                          {0x202F, 0x202F},
                          {0x205F, 0x205F},
                          {0x3000, 0x3000}});
    default:
      return SetExpr::of({{0x0A, 0x0D}, {0x85, 0x85}, {0x2028, 0x2029}});
  }
}

}  // namespace spillguard::regex::java
