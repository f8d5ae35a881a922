// Errors, padded text, log levels and metrics.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/error.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/padded_text.h"

namespace spillguard {
namespace {

Result<std::unique_ptr<int>> make_number(bool good) {
  if (!good) return fail(Code::kNotFound, "no number");
  return std::make_unique<int>(7);
}

Result<int> add_one(bool good) {
  SG_TRY(make_number(true));
  SG_ASSIGN(auto number, make_number(good));
  SG_ASSIGN(const auto other, make_number(good));
  return *number + *other - 6;
}

TEST(Error, TravelsUpWithContext) {
  EXPECT_EQ(add_one(true).value(), 8);
  const auto failed = add_one(false);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Code::kNotFound);
  EXPECT_EQ(failed.error().context("adding").message, "adding: no number");
  EXPECT_EQ(failed.error().message, "no number") << "the first is not changed";
  EXPECT_EQ(Error(failed.error()).context("b").context("a").message, "a: b: no number");
}

TEST(Error, EveryCodeHasItsWords) {
  for (int i = 0; i <= static_cast<int>(Code::kInternal); ++i) {
    const auto code = static_cast<Code>(i);
    EXPECT_FALSE(code_name(code).empty());
    EXPECT_TRUE(http_status(code) >= 400 && http_status(code) < 600);
    EXPECT_FALSE(is_retryable(code) && http_status(code) < 429) << code_name(code);
  }
}

TEST(PaddedText, HasZeroesBehindItWhereverItCameFrom) {
  for (const size_t size : {size_t{0}, size_t{1}, size_t{15}, size_t{16}, size_t{1000}}) {
    const std::string source(size, 'x');
    for (const auto& text :
         {PaddedText(std::string_view(source)), PaddedText(std::string(source))}) {
      EXPECT_EQ(text.text(), source);
      EXPECT_EQ(text.empty(), size == 0);
      const PaddedView view = text.view();
      for (size_t i = 0; i < PaddedText::kPadding; ++i) EXPECT_EQ(view.data()[size + i], '\0');
    }
  }
  const PaddedText text(std::string_view("hello"));
  EXPECT_EQ(text.view().subview(1, 3).text(), "ell");
  EXPECT_EQ(text.view().subview(5, 9).text(), "");
  EXPECT_DEATH((void)text.view().subview(6, 0), "offset");
}

TEST(PaddedText, TakesTextsInTurn) {
  PaddedText padded;
  std::string text;
  for (const size_t size : {100U, 3U, 0U, 5000U, 40U}) {
    text.append(size, 'x');
    padded.take_in_turn(text);
    EXPECT_TRUE(text.empty());
    EXPECT_EQ(padded.text(), std::string(size, 'x'));
    for (size_t i = 0; i < PaddedText::kPadding; ++i)
      EXPECT_EQ(padded.view().data()[size + i], '\0');
  }
  EXPECT_GE(text.capacity(), 5000U);
}

TEST(PaddedText, AMovedFromTextIsStillText) {
  for (const size_t size : {size_t{3}, size_t{500}}) {
    PaddedText text{std::string(size, 'x')};
    const PaddedText moved = std::move(text);
    EXPECT_EQ(moved.size(), size);
    EXPECT_EQ(text.size(), 0U);  // NOLINT(bugprone-use-after-move): that is what is tested
    EXPECT_EQ(text.text(), "");
    for (size_t i = 0; i < PaddedText::kPadding; ++i) EXPECT_EQ(text.view().data()[i], '\0');
    PaddedText target(std::string_view("old"));
    PaddedText source(moved);
    target = std::move(source);
    EXPECT_EQ(target.text(), moved.text());
  }
}

TEST(Log, LevelsHaveNames) {
  EXPECT_EQ(log::parse_level("WARN"), log::Level::kWarn);
  EXPECT_EQ(log::parse_level("off"), log::Level::kOff);
  EXPECT_EQ(log::parse_level("warning"), std::nullopt);
  EXPECT_EQ(log::level_name(log::Level::kError), "ERROR");
}

TEST(Log, OneEventIsOneLine) {
  for (const auto format : {log::Format::kText, log::Format::kJson}) {
    log::set_format(format);
    ::testing::internal::CaptureStderr();
    log::info("user {} said\r\n2026-01-01 ERROR {}\x1b[31m", "x\n", 5);
    log::debug("not shown");
    const std::string out = ::testing::internal::GetCapturedStderr();
    EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 1) << out;
    EXPECT_EQ(out.find('\r'), std::string::npos);
    EXPECT_EQ(out.find('\x1b'), std::string::npos);
    EXPECT_NE(out.find("said\\r\\n2026"), std::string::npos) << out;
  }
  log::set_format(log::Format::kText);
}

TEST(Metrics, TheSameNameIsTheSameMetric) {
  metrics::counter("spillguard_test_total", "A test.", {{"a", "1"}}).add();
  metrics::counter("spillguard_test_total", "A test.", {{"a", "1"}}).add(2);
  metrics::counter("spillguard_test_total", "A test.", {{"a", "2"}}).add();
  metrics::gauge("spillguard_test_gauge", "A test.").set(4);
  metrics::gauge("spillguard_test_gauge", "A test.").add(-1);
  for (int i = 0; i < 2; ++i)
    metrics::histogram("spillguard_test_seconds", "A test.", {1, 2}).observe(1.5);
  const std::string text = metrics::exposition();
  for (const auto* line :
       {"spillguard_test_total{a=\"1\"} 3", "spillguard_test_total{a=\"2\"} 1",
        "spillguard_test_gauge 3", "spillguard_test_seconds_bucket{le=\"2\"} 2"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << "\n" << text;
  }
}

}  // namespace
}  // namespace spillguard
