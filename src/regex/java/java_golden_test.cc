// All of tests/golden/java_regex/cases.tsv (its form: tools/java_regex/Generate.java): what
// java.util.regex finds is what we find, by PCRE2 where that is used and by the machine.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "base/file.h"
#include "base/strings.h"
#include "regex/java/java_finder.h"

namespace spillguard::regex {
namespace {

std::string unescape_case(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const char c = text[++i];
    if (c == '{') {
      const size_t end = text.find('}', i);
      const std::string digits(text.substr(i + 1, end - i - 1));
      append_utf8(out, static_cast<char32_t>(std::strtoul(digits.c_str(), nullptr, 16)));
      i = end;
    } else {
      out += c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c;
    }
  }
  return out;
}

std::string spans_of(const JavaPattern& pattern, std::string_view text, MatchScratch& scratch) {
  auto matcher = JavaMatcher::over(pattern, text, scratch);
  if (!matcher) return matcher.error().message;
  std::string out;
  for (;;) {
    const MatchOutcome outcome = matcher->find();
    if (outcome == MatchOutcome::kLimit) return "limit";
    if (outcome == MatchOutcome::kNoMatch) return out;
    const Span found = matcher->group();
    if (!out.empty()) out += ',';
    out += std::to_string(found.begin) + "-" + std::to_string(found.end);
  }
}

// The same through the finder that the engine uses, which sees the text in pieces.
std::string found_spans(const JavaFinder& finder, std::string_view text, MatchScratch& scratch) {
  std::string out;
  FindPlace place;
  Span found;
  while (finder.next(text, 0, text.size(), place, scratch, found)) {
    if (!out.empty()) out += ',';
    out += std::to_string(found.begin) + "-" + std::to_string(found.end);
  }
  return place.spent || place.undecided > 0 ? "limit" : out;
}

struct Tally {
  size_t cases = 0;
  size_t refused = 0;     // patterns, by Java and by us
  size_t by_machine = 0;  // cases that PCRE2 can not do
  size_t wrong = 0;
};

void report(Tally& tally, std::string_view line, const std::string& got) {
  ++tally.wrong;
  if (tally.wrong <= 60) ADD_FAILURE() << line << "\n  we say: " << got;
}

void run_line(const std::vector<std::string_view>& fields, const std::vector<std::string>& texts,
              MatchScratch& scratch, Tally& tally) {
  const bool refused = fields[0] == "E";
  const auto flags = JavaFlags::from_bits(static_cast<uint32_t>(*parse_int(fields[1])));
  ASSERT_TRUE(flags.has_value());
  const std::string source = unescape_case(fields[2]);
  const std::string shown = std::string(fields[1]) + " " + std::string(fields[2]);
  const size_t cases = refused ? 1 : fields.size() - 3;
  tally.cases += cases;
  const auto pattern = JavaPattern::parse(source, *flags);
  if (refused) {
    const bool said_so = !pattern && pattern.error().code == Code::kInvalidArgument;
    if (!said_so) report(tally, shown, pattern ? "accepted" : pattern.error().message);
    ++tally.refused;
    return;
  }
  if (!pattern) {
    report(tally, shown, pattern.error().message);
    return;
  }
  if (pattern->uses_machine()) tally.by_machine += cases;
  const auto by_machine = JavaPattern::parse(source, *flags, JavaPattern::Runner::kMachine);
  for (size_t i = 3; i < fields.size(); ++i) {
    const size_t colon = fields[i].find(':');
    const auto number = static_cast<size_t>(*parse_int(fields[i].substr(0, colon)));
    const std::string_view wanted = fields[i].substr(colon + 1);
    const std::string& text = texts.at(number);
    std::string got = spans_of(*pattern, text, scratch);
    if (got == wanted && !pattern->uses_machine()) {
      const std::string machine = spans_of(*by_machine, text, scratch);
      if (machine != wanted) got = machine + " by the machine";
    }
    if (got == wanted) {
      static constexpr FinderOptions kSmall[] = {
          {}, {.block = 1, .sight = 4}, {.block = 3, .sight = 4, .base_limit = 2}};
      for (const FinderOptions& options : kSmall) {
        const std::string pieces = found_spans(JavaFinder(*pattern, options), text, scratch);
        if (pieces != wanted) got = pieces + " in pieces";
      }
    }
    if (got == wanted) continue;
    report(tally, shown + "\n  on text " + std::string(fields[i]),
           got + "\n  by " + (pattern->uses_machine() ? "the machine" : pattern->pcre2()));
  }
}

TEST(JavaGolden, FindsWhatJavaFinds) {
  // SG_JAVA_CASES: another file of Generate.java's, of other random patterns.
  const char* other = std::getenv("SG_JAVA_CASES");  // NOLINT(concurrency-mt-unsafe)
  const auto file = read_file(other != nullptr ? std::string(other)
                                               : std::string(SG_SOURCE_DIR) +
                                                     "/tests/golden/java_regex/cases.tsv");
  ASSERT_TRUE(file.has_value()) << file.error().message;
  std::vector<std::string> texts;
  MatchScratch scratch;
  Tally tally;
  for (const std::string_view line : split(*file, '\n')) {
    if (line.empty()) continue;
    const auto fields = split(line, '\t');
    if (fields[0] == "T") {
      texts.push_back(unescape_case(fields[1]));
    } else {
      run_line(fields, texts, scratch, tally);
    }
  }
  std::cout << tally.cases << " cases, " << tally.refused << " patterns refused as Java does, "
            << tally.by_machine << " cases that PCRE2 can not do\n";
  EXPECT_GE(tally.cases, 10'000U);
  EXPECT_EQ(tally.wrong, 0U);
}

}  // namespace
}  // namespace spillguard::regex
