#include "extract/extractor.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <atomic>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include "extract/process.h"

namespace spillguard::extract {
namespace {

struct Read {
  std::vector<Part> parts;
  std::vector<Outcome> outcomes;
  Outcome own;
};

class ExtractorTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto started = Extractor::start({});
    ASSERT_TRUE(started) << started.error().message;
    extractor_ = std::move(*started);
  }
  Read read(const std::string& name, std::string_view bytes, const Limits& limits = {}) {
    Read result;
    result.own = extractor_->extract(
        name, bytes, limits,
        {.part = [&](Part part) { result.parts.push_back(std::move(part)); },
         .outcome = [&](Outcome outcome) { result.outcomes.push_back(std::move(outcome)); }});
    return result;
  }
  // Enough to keep a helper busy for a while: nested blanks of a text.
  static std::string long_binary() {
    std::string bytes;
    for (int i = 0; i < 400'000; ++i) {
      bytes += "some words of it\0\1";
      bytes += '\0';
    }
    return bytes;
  }
  std::unique_ptr<Extractor> extractor_;
};

TEST_F(ExtractorTest, SaysWhichLayersStand) {
  for (const char* layer : {"rlimits", "no_new_privs", "landlock", "seccomp"}) {
    EXPECT_NE(extractor_->sandbox().find(layer), std::string::npos) << extractor_->sandbox();
  }
  EXPECT_EQ(extractor_->sandbox().find("refused"), std::string::npos) << extractor_->sandbox();
}

TEST_F(ExtractorTest, ReadsBytesAndAccountsForThem) {
  const Read result = read("a.bin", std::string_view("\1\2\0words that stand\0\3", 20));
  ASSERT_EQ(result.parts.size(), 1U);
  EXPECT_EQ(result.parts[0].text, "words that stand\n");
  ASSERT_EQ(result.outcomes.size(), 1U);
  EXPECT_EQ(result.own.reason, Reason::kRead);
  EXPECT_EQ(result.own.bytes, 20U);
  EXPECT_EQ(result.own.text_bytes, 17U);
  EXPECT_EQ(read("", "").own.reason, Reason::kEmpty);
}

TEST_F(ExtractorTest, RefusesMoreThanTheLimitAndGoesOn) {
  Limits limits;
  limits.input_bytes = 1000;
  EXPECT_EQ(read("a", std::string(1001, 'x'), limits).own.reason, Reason::kTooLarge);
  EXPECT_EQ(read("a", std::string(1000, 'x'), limits).own.reason, Reason::kRead);
}

TEST_F(ExtractorTest, AHelperThatEndedWhileIdleCostsNothing) {
  for (const int pid : extractor_->helper_pids()) {
    ASSERT_EQ(::kill(pid, SIGKILL), 0);
    siginfo_t about{};
    ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(pid), &about, WEXITED | WNOWAIT), 0);
  }
  EXPECT_EQ(read("a", "text").own.reason, Reason::kRead);
}

TEST_F(ExtractorTest, AHelperThatIsKilledCostsItsDocumentAlone) {
  const std::string bytes = long_binary();
  std::atomic<bool> done{false};
  std::jthread killer([&] {
    for (uint64_t seed = 1; !done; seed = seed * 6364136223846793005U + 1442695040888963407U) {
      for (const int pid : extractor_->helper_pids()) {
        ::kill(pid, SIGKILL);
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(seed >> 60U));
    }
  });
  size_t died = 0;
  for (int i = 0; i < 60; ++i) {
    const Read result = read("a.bin", bytes);
    ASSERT_TRUE(result.own.reason == Reason::kRead || result.own.reason == Reason::kHelperDied)
        << reason_name(result.own.reason);
    ASSERT_EQ(result.outcomes.size(), 1U);
    died += result.own.reason == Reason::kHelperDied ? 1 : 0;
  }
  done = true;
  killer.join();
  EXPECT_GT(died, 0U);
  EXPECT_EQ(read("a.bin", bytes).own.reason, Reason::kRead);
}

TEST_F(ExtractorTest, AFailingSourceIsTheHostsFailure) {
  size_t calls = 0;
  const Outcome own =
      extractor_->extract("a",
                          [&](std::span<char> block) -> Result<size_t> {
                            if (++calls == 3) {
                              return fail(Code::kUnavailable, "the host is away");
                            }
                            block[0] = 'x';
                            return 1;
                          },
                          {}, {.part = [](const Part&) {}, .outcome = [](const Outcome&) {}});
  EXPECT_EQ(own.reason, Reason::kHostFailed);
  EXPECT_EQ(own.detail, "the host is away");
}

TEST_F(ExtractorTest, ThreadsShareIt) {
  std::atomic<size_t> good{0};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 20; ++i) {
          good += read("a", "text").own.reason == Reason::kRead ? 1 : 0;
        }
      });
    }
  }
  EXPECT_EQ(good, 80U);
}

TEST(Extractor, SaysThatThereIsNoHelper) {
  const auto started = Extractor::start({.helper = "/nowhere/spillguard-extract"});
  ASSERT_FALSE(started);
  EXPECT_NE(started.error().message.find("/nowhere"), std::string::npos);
}

}  // namespace
}  // namespace spillguard::extract
