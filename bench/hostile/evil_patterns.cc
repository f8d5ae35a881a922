// Patterns as users write them in Java, of the shapes that are known to take exponential or high
// polynomial time in a matcher that goes back over its steps: nested repetition, alternatives that
// overlap, repetitions next to each other, references back, look-around in repetitions.
#include <fmt/format.h>

#include <utility>

#include "bench/hostile/inputs.h"

namespace spillguard::bench {
namespace {

constexpr int32_t kFirstId = 1'500'000'000;

struct Evil {
  const char* pattern;
  const char* piece;  // what the text is made of
};

constexpr Evil kEvil[] = {
    {R"(key(a+)+$)", "keyaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa! "},
    {R"(key(a|a)*b)", "keyaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa "},
    {R"(key(a|aa)+$)", "keyaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"},
    {R"(key(.*)*x)", "key abcdefghijklmnopqrstuvw "},
    {R"(key.*.*.*.*=.*;)", "key==================== "},
    {R"((x+x+)+y)", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx "},
    {R"(([a-zA-Z]+)*1)", "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz "},
    {R"(^(([a-z])+.)+[A-Z]([a-z])+$)", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"},
    {R"(\b(\w+\s?)*$)", "word word word word word word word word word word! "},
    {R"((.+)\1+z)", "abababababababababababababababababababababab "},
    {R"(tok(?=(a+))\1*b\1)", "tokaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa "},
    {R"(tok(?:(?=a+b|a+c).)*d)", "tokaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac "},
    {R"((?<=(?:ab){1,20})c+d)", "ababababababababababababababababcccccccccccc "},
    {R"((?i)pass(?:w(?:o(?:r(?:d)?)?)?)?[\s\S]*secret[\s\S]*end)", "password secret "},
    {R"([\w.-]{0,50}?(?:secret)(?:[ \t\w.-]{0,50})[\s'"]{0,5}(?:=|:)[\w]{32})", "a.b-secret "},
    {R"(\d+\d+\d+\d+\d+-)", "12345678901234567890123456789012345678901234567890 "},
    {R"((?:a?){30}a{30})", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa b "},
    {R"((\p{L}\p{M}*)+\d{5})",
     "e\xCC\x81"
     "a\xCC\x81"
     "o\xCC\x81"},
    {R"("(?:[^"\\]|\\.)*"\s*:\s*"(?:[^"\\]|\\.)*"!)", R"("a\"b":"c\"d",)"},
    {R"((([^:]+):)+([^:]+)@@)", "a:b:c:d:e:f:g:h "},
    {R"(^(?:.*\n)*end$)", "line\n"},
    {R"((?s)begin.*?end.*?begin.*?stop)", "begin end "},
    {R"([a-z]++[a-z]+z9)", "abcdefghijklmnopqrstuvwxyz "},
    {R"((?>a+|b+)*c!)", "aaaaabbbbbaaaaabbbbb "},
};

}  // namespace

std::vector<EvilPattern> evil_patterns() {
  std::vector<EvilPattern> out;
  int32_t id = kFirstId;
  for (const Evil& evil : kEvil) {
    EvilPattern one;
    one.name = evil.pattern;
    detect::Rule& rule = one.rule;
    rule.id = id++;
    rule.name = fmt::format("USER_{}", rule.id);
    rule.title = rule.name;
    rule.provider = "user";
    rule.category = "generic";
    rule.pattern = evil.pattern;
    rule.syntax = detect::Syntax::kJava;
    const std::string piece = evil.piece;
    one.texts.push_back(
        {.name = "pieces", .make = [piece](size_t size) { return flood(piece, size); }});
    // The same without the gaps between the pieces: one run.
    const std::string run = piece.substr(0, piece.size() - 1);
    one.texts.push_back(
        {.name = "one run", .make = [run](size_t size) { return flood(run, size); }});
    const char body = run[run.size() / 2];
    one.texts.push_back({.name = "one character", .make = [run, body](size_t size) {
                           std::string text = run + std::string(size, body);
                           text.resize(size);
                           return text;
                         }});
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace spillguard::bench
