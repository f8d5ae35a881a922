#include "jobs/scan_request.h"

#include <gtest/gtest.h>

namespace spillguard::jobs {
namespace {

Job claimed(const NewJob& made) {
  Job job;
  job.id = 7;
  job.kind = made.kind;
  job.key = made.key;
  job.payload = made.payload;
  return job;
}

TEST(ScanRequest, SurvivesTheQueue) {
  ScanRequest request;
  request.kind = ScanKind::kVersion;
  request.site_id = 2;
  request.scope_id = 31;
  request.item = "98\"306";
  request.created_when = 1'629'068'076'860;
  request.force = true;
  request.requested_by = "pat";
  const auto back = parse_scan_job(claimed(to_job(request)));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->kind, ScanKind::kVersion);
  EXPECT_EQ(back->site_id, 2);
  EXPECT_EQ(back->scope_id, 31);
  EXPECT_EQ(back->item, "98\"306");
  EXPECT_EQ(back->created_when, 1'629'068'076'860);
  EXPECT_TRUE(back->force);
  EXPECT_EQ(back->requested_by, "pat");
  EXPECT_EQ(back->run.size(), 16U);
}

TEST(ScanRequest, EachRequestIsARunOfItsOwnAndSharesItsTargetsKey) {
  ScanRequest request;
  request.scope_id = 5;
  const NewJob first = to_job(request);
  const NewJob second = to_job(request);
  EXPECT_EQ(first.key, second.key);
  EXPECT_NE(first.payload, second.payload);
  request.scope_id = 6;
  EXPECT_NE(to_job(request).key, first.key);
}

TEST(ScanRequest, OneItemIsMoreUrgentThanAScope) {
  ScanRequest request;
  request.kind = ScanKind::kItem;
  const auto item = to_job(request).priority;
  request.kind = ScanKind::kScope;
  EXPECT_LT(static_cast<int>(item), static_cast<int>(to_job(request).priority));
}

TEST(ScanRequest, ForeignPayloadsAreRefusedByName) {
  Job job;
  job.id = 9;
  job.kind = "scan_scope";
  for (const char* payload : {"", "[]", "{\"site\":", "null"}) {
    job.payload = payload;
    const auto back = parse_scan_job(job);
    ASSERT_FALSE(back) << payload;
    EXPECT_EQ(back.error().code, Code::kCorrupt);
    EXPECT_NE(back.error().message.find("job 9"), std::string::npos);
  }
  job.kind = "mail";
  job.payload = "{}";
  EXPECT_FALSE(parse_scan_job(job));
}

}  // namespace
}  // namespace spillguard::jobs
