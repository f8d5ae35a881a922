// Attachments from the host's bytes to findings and the ledger, with the real helper.
#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <set>
#include <thread>

#include "jobs/scan_request.h"
#include "scan/byte_pipe.h"
#include "scan/runner.h"
#include "scan/scan_test_util.h"
#include "store/evidence.h"
#include "store/finding_walk.h"

namespace spillguard::scan {
namespace {

using testing_util::comment;
using testing_util::token;
using testing_util::World;

class AttachmentsTest : public testing::Test {
 protected:
  void open(AttachmentOptions options = {}) {
    reader_ = std::make_unique<AttachmentReader>(std::move(options), *world_.database, world_.key,
                                                 world_.stop);
    world_.context->attachments = reader_.get();
  }

  void scan(bool force = false) {
    jobs::ScanRequest request;
    request.kind = jobs::ScanKind::kScope;
    request.site_id = world_.site_id;
    request.scope_id = world_.scope_id;
    request.force = force;
    ASSERT_TRUE(world_.database->write([&](db::Connection& connection) -> Status {
      SG_TRY(world_.store->mark_scheduled(connection, world_.scope_id));
      SG_ASSIGN(const auto id, world_.queue->enqueue(connection, jobs::to_job(request)));
      static_cast<void>(id);
      return {};
    }));
    auto claimed = world_.queue->claim(1);
    ASSERT_TRUE(claimed && claimed->size() == 1);
    const std::atomic<bool> lost{false};
    ASSERT_EQ(Runner(*world_.context).run(claimed->front(), lost), Outcome::kDone);
  }

  // "item kind/content version place" of findings that stand in attachments.
  std::multiset<std::string> found(bool historical = false) {
    std::multiset<std::string> out;
    for (const auto& finding : world_.findings()) {
      if (finding.content_kind != "attachment" || finding.historical != historical) continue;
      const auto evidence =
          store::open_evidence(world_.key, finding.fingerprint, finding.evidence).value();
      out.insert(finding.item_key + " " + finding.content_id + " " + evidence.place);
    }
    return out;
  }

  std::map<std::string, store::AttachmentRecord> rows() {
    std::map<std::string, store::AttachmentRecord> out;
    store::AttachmentWalk walk(*world_.database, world_.scope_id, 2);
    std::vector<store::AttachmentRow> batch;
    while (walk.next(batch) && !batch.empty()) {
      for (const auto& row : batch) out[row.attachment.content_id] = row.attachment;
    }
    return out;
  }
  std::map<std::string, int64_t> ledger() {
    std::map<std::string, int64_t> out;
    const auto cells = world_.store->coverage(world_.scope_id).value();
    for (const auto& cell : cells) {
      if (cell.kind != "attachment") continue;
      out[std::string(store::part_status_name(cell.status)) + " " + cell.reason] = cell.parts;
    }
    return out;
  }
  int64_t documents() {
    int64_t count = 0;
    EXPECT_TRUE(world_.database->read([&](db::Connection& connection) -> Status {
      SG_ASSIGN(auto rows, connection.prepare("SELECT count(*) FROM documents"));
      SG_TRY(rows->step());
      count = rows->integer(0);
      return {};
    }));
    return count;
  }

  World world_;
  std::unique_ptr<AttachmentReader> reader_;
};

using Places = std::multiset<std::string>;
using Cells = std::map<std::string, int64_t>;

TEST_F(AttachmentsTest, EqualBytesAreReadOnceAndFoundWhereverTheyHang) {
  const std::string text = "first line\nuse " + token('a') + " for it\n";
  world_.host.add("1", {world_.host.keep("11", "one.txt", text), comment("c", "plain")});
  world_.host.add("2", {world_.host.keep("21", "copy.txt", text),
                        world_.host.keep("22", "other.log", "log " + token('b'))});
  open();
  scan();
  EXPECT_EQ(found(), (Places{"T-1 11 one.txt", "T-2 21 copy.txt", "T-2 22 other.log"}));
  EXPECT_EQ(ledger(), (Cells{{"scanned ", 3}}));
  EXPECT_EQ(documents(), 2);
  const auto first = rows();
  EXPECT_EQ(first.at("11").parts, 1);
  EXPECT_EQ(first.at("11").document, first.at("21").document);

  // The issue changed, its file did not.
  world_.host.items[0].ref.updated = 200;
  scan();
  EXPECT_EQ(world_.host.downloads["11"], 1);
  EXPECT_EQ(found().size(), 3U);
  // Everything anew: bytes are asked for, and known again.
  scan(true);
  EXPECT_EQ(world_.host.downloads["11"], 2);
  EXPECT_EQ(documents(), 2);
  EXPECT_EQ(found().size(), 3U);

  // A file that went takes its finding along, and its document when nobody else has it.
  world_.host.items[1].parts.pop_back();
  world_.host.items[1].contents.pop_back();
  world_.host.items[1].ref.updated = 300;
  scan();
  EXPECT_EQ(found(), (Places{"T-1 11 one.txt", "T-2 21 copy.txt"}));
  EXPECT_EQ(found(true), (Places{"T-2 22 other.log"}));
  EXPECT_EQ(documents(), 1);
  EXPECT_EQ(rows().size(), 2U);
}

TEST_F(AttachmentsTest, OtherRulesReadAllAgain) {
  world_.host.add("1", {world_.host.keep("11", "one.txt", "use " + token('a'))});
  open();
  scan();
  ASSERT_TRUE(world_.rules.set(testing_util::test_rules("tok_[b-z]{16}")));
  scan();
  EXPECT_TRUE(found().empty()) << "these rules find it no more";
  EXPECT_EQ(world_.host.downloads["11"], 2);
  ASSERT_TRUE(world_.rules.set(testing_util::test_rules()));
  scan();
  EXPECT_EQ(found().size(), 1U);
}

TEST_F(AttachmentsTest, WhatTheHostCanNotHandOutIsTriedAgainByTheNextScan) {
  world_.host.add("1", {world_.host.keep("11", "one.txt", "use " + token('a') + " here")});
  world_.host.add("2", {world_.host.keep("21", "two.txt", "use " + token('b') + " here")});
  world_.host.broken_files["11"] = Error{Code::kCorrupt, "cut off"};
  open();
  scan();
  EXPECT_EQ(found(), (Places{"T-2 21 two.txt"}));
  EXPECT_EQ(ledger(), (Cells{{"failed host_failed", 1}, {"scanned ", 1}}));
  EXPECT_EQ(world_.host.downloads["11"], 3);
  world_.host.broken_files.clear();
  scan();
  EXPECT_EQ(found(), (Places{"T-1 11 one.txt", "T-2 21 two.txt"}));
  EXPECT_EQ(ledger(), (Cells{{"scanned ", 2}}));
  EXPECT_EQ(world_.host.downloads["21"], 1);
}

TEST_F(AttachmentsTest, LimitsAndMissingBytesAreTold) {
  AttachmentOptions options;
  options.most_bytes = 100;
  world_.host.add("1",
                  {world_.host.keep("11", "big.txt", std::string(101, 'x')),
                   testing_util::file("12", "gone.txt", 5),
                   world_.host.keep("13", "pic.png", std::string("\x89PNG\r\n\x1a\n\0\0", 10))});
  open(options);
  scan();
  EXPECT_EQ(ledger()["skipped too_large"], 1);
  EXPECT_EQ(ledger()["not_visible not_found"], 1);
  EXPECT_EQ(world_.host.downloads.count("11"), 0U);
  EXPECT_EQ(rows().at("11").status, store::PartStatus::kSkipped);
}

TEST_F(AttachmentsTest, WithoutAHelperEachAttachmentSaysSo) {
  AttachmentOptions options;
  options.extractor.helper = "/nonexistent/helper";
  world_.host.add("1", {world_.host.keep("11", "one.txt", "use " + token('a'))});
  open(options);
  scan();
  EXPECT_EQ(ledger(), (Cells{{"failed no_sandbox", 1}}));
  EXPECT_EQ(world_.host.downloads.count("11"), 0U);
}

// Larger than what is held in memory, and than a window of the helper.
TEST_F(AttachmentsTest, LargeFilesFlowAndLoseNothingBetweenWindows) {
  AttachmentOptions options;
  options.in_memory = 50'000;
  options.limits.window_bytes = uint64_t{2} << 20U;
  std::string text;
  std::set<std::string> tokens;
  for (int i = 0; i < 120; ++i) {
    std::string name = "tok" + std::string("_");
    for (int digit = 0, rest = i; digit < 16; ++digit, rest /= 26) {
      name += static_cast<char>('a' + rest % 26);
    }
    tokens.insert(name);
    text += name + " ä ";
    text.append(50'000 + static_cast<size_t>(i) * 7, '.');
    text += '\n';
  }
  world_.host.add("1", {world_.host.keep("11", "big.log", text)});
  world_.host.add("2", {world_.host.keep("21", "again.log", text)});
  open(options);
  scan();
  std::multiset<std::string> matches;
  for (const auto& finding : world_.findings()) {
    matches.insert(
        store::open_evidence(world_.key, finding.fingerprint, finding.evidence).value().match);
  }
  EXPECT_EQ(matches.size(), 2 * tokens.size());
  EXPECT_EQ(std::set<std::string>(matches.begin(), matches.end()), tokens);
  EXPECT_EQ(ledger(), (Cells{{"scanned ", 2}}));
  EXPECT_EQ(documents(), 1);
}

TEST_F(AttachmentsTest, HelpersThatDieLoseNothing) {
  for (int i = 0; i < 30; ++i) {
    const std::string id = std::to_string(i);
    world_.host.add(id,
                    {world_.host.keep("f" + id, "file.txt",
                                      "use " + token(static_cast<char>('a' + i % 26)) + " " + id)});
  }
  AttachmentOptions options;
  options.extractor.documents = 5;
  open(options);
  std::atomic<bool> over{false};
  std::thread killer([&] {
    int killed = 0;
    while (!over && killed < 10) {
      for (const int pid : reader_->helper_pids()) {
        ::kill(pid, SIGKILL);
        ++killed;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  });
  scan();
  over = true;
  killer.join();
  // One may be killed twice over the same document: said, and read by the next scan.
  scan();
  EXPECT_EQ(found().size(), 30U);
  EXPECT_EQ(ledger(), (Cells{{"scanned ", 30}}));
}

TEST(AttachmentNames, OnlyTheEndingIsTold) {
  EXPECT_EQ(plain_name("Report (final).XLSX"), "attachment.xlsx");
  EXPECT_EQ(plain_name("log.txt.gz"), "attachment.txt.gz");
  EXPECT_EQ(plain_name("v1.2 notes"), "attachment");
  EXPECT_EQ(plain_name(".profile"), "attachment");
  EXPECT_EQ(plain_name(""), "attachment");
  EXPECT_EQ(place_in("log.txt.gz", "packed", "attachment.txt"), "log.txt.gz › log.txt");
  EXPECT_EQ(place_in("a.zip", "zip", "attachment.txt"), "a.zip › attachment.txt");
  EXPECT_EQ(place_in("a\nb.zip", "zip", ""), "a_b.zip");
}

TEST(BytePipeTest, BytesComeWholeThroughASmallBuffer) {
  BytePipe pipe(7);
  std::string sent;
  for (int i = 0; i < 1000; ++i) sent += std::to_string(i);
  std::thread writer([&] {
    for (size_t at = 0; at < sent.size(); at += 11) {
      EXPECT_TRUE(pipe.write(std::string_view(sent).substr(at, 11)));
    }
    pipe.finish({});
  });
  std::string got;
  std::array<char, 5> block{};
  while (true) {
    const auto count = pipe.read(block);
    ASSERT_TRUE(count);
    if (*count == 0) break;
    got.append(block.data(), *count);
  }
  writer.join();
  EXPECT_EQ(got, sent);
}

TEST(BytePipeTest, EachSideCanEndIt) {
  BytePipe broken(4);
  broken.finish(fail(Code::kUnavailable, "cut"));
  std::array<char, 5> block{};
  EXPECT_EQ(broken.read(block).error().code, Code::kUnavailable);
  BytePipe closed(4);
  closed.close();
  EXPECT_EQ(closed.write("many bytes").error().code, Code::kCancelled);
}

}  // namespace
}  // namespace spillguard::scan
