// Attachments of a simulated Jira and Confluence, which call themselves by another name than we do.
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "base/file.h"
#include "hosts/json.h"
#include "hosts/test_host.h"

namespace spillguard::hosts {
namespace {

using test::RecordingSink;

class SimulatedAttachmentsTest : public testing::Test {
 protected:
  void SetUp() override {
    namespace fs = std::filesystem;
    const fs::path program = fs::read_symlink("/proc/self/exe").parent_path() / "spillguard-sim";
    if (!fs::exists(program)) GTEST_SKIP() << "NO SIMULATOR: " << program << " is not built";
    std::string folder = testing::TempDir() + "spillguard-sim-test-XXXXXX";
    ASSERT_NE(::mkdtemp(folder.data()), nullptr);
    folder_ = folder;
    const std::string ready = folder_ + "/ready.json";
    std::vector<std::string> words = {program.string(),
                                      "--jira-port",
                                      "0",
                                      "--confluence-port",
                                      "0",
                                      "--ready-file",
                                      ready,
                                      "--projects",
                                      "1",
                                      "--issues",
                                      "60",
                                      "--spaces",
                                      "1",
                                      "--pages",
                                      "20",
                                      "--extras",
                                      "3",
                                      "--blogs",
                                      "0",
                                      "--jira-base-url",
                                      "http://jira.elsewhere.example/jira",
                                      "--confluence-base-url",
                                      "http://wiki.elsewhere.example/confluence"};
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    ASSERT_EQ(::posix_spawn(&child_, program.c_str(), nullptr, nullptr, arguments.data(), environ),
              0);
    for (int i = 0; i < 3'000 && !ready_; ++i) {
      if (auto text = read_file(ready, 1 << 16); text && !text->empty()) {
        if (auto json = Json::parse(*text)) ready_ = std::move(*json);
      }
      if (!ready_) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    ASSERT_TRUE(ready_) << "the simulator did not start";
  }
  void TearDown() override {
    if (child_ > 0) {
      ::kill(child_, SIGTERM);
      ::waitpid(child_, nullptr, 0);
    }
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
  }

  void stream_all(Product product, const std::string& context) {
    const char* port = product == Product::kJira ? "jiraPort" : "confluencePort";
    HostOptions options;
    options.name = "sim";
    options.product = product;
    options.base_url = "http://127.0.0.1:" + (*ready_)[port].text() + context;
    options.credential = {.user = "scanner", .password = Secret("scanner"), .token = {}};
    auto host = make_host(options);
    ASSERT_TRUE(host) << host.error().message;
    const auto scopes = (*host)->list_scopes();
    ASSERT_TRUE(scopes) << scopes.error().message;
    RecordingSink sink;
    for (const HostScope& scope : *scopes) {
      PageRequest request;
      request.scope = scope;
      request.everything = true;
      ASSERT_TRUE(test::read_all(**host, request, sink));
    }
    int streamed = 0;
    for (const auto& item : sink.items) {
      for (const Part& part : item.parts) {
        if (part.kind != "attachment") continue;
        ++streamed;
        std::string bytes;
        const BytesSink keep = [&](std::string_view piece) -> Status {
          bytes += piece;
          return {};
        };
        const auto info = (*host)->stream_attachment(part.content_id, 64 << 20, keep);
        ASSERT_TRUE(info) << info.error().message;
        EXPECT_EQ(static_cast<int64_t>(bytes.size()), part.bytes);
        EXPECT_EQ(info->bytes, part.bytes);
        EXPECT_EQ(info->media_type, part.detail);
        const auto capped = (*host)->stream_attachment(part.content_id,
                                                       static_cast<uint64_t>(part.bytes - 1), keep);
        ASSERT_FALSE(capped);
        EXPECT_EQ(capped.error().code, Code::kTooLarge);
      }
    }
    EXPECT_GT(streamed, 0);
    EXPECT_EQ((*host)
                  ->stream_attachment("4711", 1 << 20, [](std::string_view) { return Status{}; })
                  .error()
                  .code,
              Code::kNotFound);
  }

  std::string folder_;
  pid_t child_ = 0;
  std::optional<Json> ready_;
};

TEST_F(SimulatedAttachmentsTest, AllAreStreamedFromWhereWeReachTheHost) {
  stream_all(Product::kJira, "/jira");
  stream_all(Product::kConfluence, "/confluence");
}

}  // namespace
}  // namespace spillguard::hosts
