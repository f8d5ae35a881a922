#include "regex/java/unicode_sets.h"

#include <algorithm>

#include "base/strings.h"
#include "regex/java/unicode_data.h"

namespace spillguard::regex::java {
namespace {

template <typename Wanted>
CodeRanges members_of_runs(UnicodeTable table, Wanted wanted) {
  std::vector<CodeRange> out;
  for (size_t i = 0; i < table.size(); ++i) {
    if (!wanted(table[i].value)) continue;
    const char32_t end = i + 1 < table.size() ? table[i + 1].first : kMaxCodePoint + 1;
    out.push_back({table[i].first, end - 1});
  }
  return CodeRanges(out);
}

const ScriptName* script_named(std::string_view name) {
  const std::string upper = to_upper(name);
  const auto found = std::lower_bound(
      kScriptNames.begin(), kScriptNames.end(), upper,
      [](const ScriptName& one, const std::string& key) { return one.name < key; });
  return found != kScriptNames.end() && found->name == upper ? &*found : nullptr;
}

}  // namespace

bool is_script_name(std::string_view name) { return script_named(name) != nullptr; }

bool is_assigned(char32_t c) {
  const auto behind =
      std::upper_bound(kCategories.begin(), kCategories.end(), c,
                       [](char32_t at, const UnicodeRun& run) { return at < run.first; });
  return std::prev(behind)->value != 0;
}

std::optional<CodeRanges> property_members(std::string_view name) {
  if (name.starts_with("sc:")) {
    const ScriptName* script = script_named(name.substr(3));
    if (script == nullptr) return std::nullopt;
    return members_of_runs(kScripts, [&](uint32_t value) { return value == script->script; });
  }
  if (name.size() <= 2) {
    bool known = false;
    CodeRanges out = members_of_runs(kCategories, [&](uint32_t value) {
      const bool wanted = kCategoryNames[value].starts_with(name);
      known = known || wanted;
      return wanted;
    });
    if (known) return out;
    return std::nullopt;
  }
  for (const UnicodeProperty& property : kProperties) {
    if (property.name != name) continue;
    std::vector<CodeRange> out;
    for (size_t i = 0; i + 1 < property.flips.size(); i += 2) {
      out.push_back({property.flips[i], property.flips[i + 1] - 1});
    }
    return CodeRanges(out);
  }
  return std::nullopt;
}

CodeRanges members_of(const SetExpr& set) {
  CodeRanges out;
  switch (set.kind) {
    case SetExpr::Kind::kRanges:
      out = set.ranges;
      break;
    case SetExpr::Kind::kProperty:
      out = property_members(set.property).value_or(CodeRanges());
      break;
    case SetExpr::Kind::kUnion:
      for (const SetExpr& child : set.children) out = out.united(members_of(child));
      break;
    case SetExpr::Kind::kIntersect:
      out = CodeRanges{{0, kMaxCodePoint}};
      for (const SetExpr& child : set.children) out = out.intersected(members_of(child));
      break;
  }
  return set.negated ? out.complement() : out;
}

}  // namespace spillguard::regex::java
