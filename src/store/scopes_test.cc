// Sites, scopes, items, settings.
#include <gtest/gtest.h>

#include "store/store_test_util.h"

namespace spillguard::store::test {
namespace {

class ScopesTest : public StoreTest {
 protected:
  void schedule(int64_t scope_id) {
    must(database_->write(
        [&](db::Connection& connection) { return store_->mark_scheduled(connection, scope_id); }));
  }
  Scope scope() { return must(store_->scope(scope_.id)); }
};

TEST_F(ScopesTest, SitesAreKnownByName) {
  const Site again = must(store_->ensure_site("wiki", Product::kConfluence, "https://new.example"));
  EXPECT_EQ(again.id, site_.id);
  EXPECT_EQ(again.base_url, "https://new.example");
  const auto other = store_->ensure_site("wiki", Product::kJira, "https://new.example");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Code::kConflict);
  EXPECT_NE(other.error().message.find("another name"), std::string::npos);
}

TEST_F(ScopesTest, AScanOfTheSiteIsSeenAtItsScopesAtOnce) {
  const auto of_site = [&](Status (Store::*change)(db::Connection&, int64_t)) {
    must(store_->database().write(
        [&](db::Connection& connection) { return ((*store_).*change)(connection, site_.id); }));
  };
  EXPECT_EQ(scope().state, ScanState::kUnscanned);
  of_site(&Store::mark_site_scheduled);
  EXPECT_EQ(scope().state, ScanState::kScheduled);
  of_site(&Store::unschedule_site);
  EXPECT_EQ(scope().state, ScanState::kUnscanned);
}

TEST_F(ScopesTest, KeysFollowTheHost) {
  Scope from_host = scope_;
  from_host.key = "DOCS";
  from_host.name = "Documents";
  from_host.personal = true;
  const Scope renamed = must(store_->upsert_scope(site_.id, from_host));
  EXPECT_EQ(renamed.id, scope_.id);
  EXPECT_EQ(renamed.key, "DOCS");
  EXPECT_TRUE(renamed.personal);
  EXPECT_EQ(store_->scope_by_key(site_.id, "DOC").error().code, Code::kNotFound);
  EXPECT_EQ(must(store_->scope_by_key(site_.id, "DOCS")).id, scope_.id);
  // A new space with the key of one that was deleted.
  now_ += 1;
  const Scope heir = make_scope("99", "DOCS");
  EXPECT_EQ(must(store_->scope_by_key(site_.id, "DOCS")).id, heir.id);
  EXPECT_EQ(must(store_->scopes(site_.id)).size(), 2U);
}

TEST_F(ScopesTest, KeysOfSpacesHaveCaseAndKeysOfProjectsHaveNone) {
  EXPECT_FALSE(store_->scope_by_key(site_.id, "doc"));
  const Site jira = must(store_->ensure_site("jira", Product::kJira, "https://jira.example"));
  Scope from_host;
  from_host.host_id = "1";
  from_host.key = "FOO";
  const Scope foo = must(store_->upsert_scope(jira.id, from_host));
  EXPECT_EQ(must(store_->scope_by_key(jira.id, "foo")).id, foo.id);
  Item issue;
  issue.host_id = "900";
  issue.key = "FOO-1";
  must(store_->ensure_item(foo.id, issue, ScanState::kScheduled));
  EXPECT_EQ(must(store_->item_by_key(jira.id, "foo-1")).host_id, "900");
  EXPECT_FALSE(store_->item_by_key(jira.id, "900"));
  EXPECT_FALSE(store_->item_by_key(site_.id, "FOO-1"));
  commit({page("7")});
  EXPECT_EQ(must(store_->item_by_key(site_.id, "7")).host_id, "7");
}

TEST_F(ScopesTest, AScanRunsThroughItsStates) {
  EXPECT_EQ(scope().state, ScanState::kUnscanned);
  schedule(scope_.id);
  EXPECT_EQ(scope().state, ScanState::kScheduled);
  EXPECT_EQ(scope().scheduled_at, now_);
  now_ = 20'000;
  Scope running = must(store_->begin_scan(scope_.id, true));
  EXPECT_EQ(running.state, ScanState::kScanning);
  EXPECT_EQ(running.started_at, 20'000);
  EXPECT_EQ(running.scan_serial, 1);
  ScanCommit progress;
  progress.scope_id = scope_.id;
  progress.checkpoint = "c1";
  progress.items_done_delta = 10;
  must(store_->commit(progress));
  now_ = 30'000;
  running = must(store_->begin_scan(scope_.id, false));  // after a crash
  EXPECT_EQ(running.checkpoint, "c1");
  EXPECT_EQ(running.started_at, 20'000);
  EXPECT_EQ(running.items_done, 10);
  EXPECT_EQ(running.scan_serial, 1);
  must(store_->mark_stale(scope_.id));  // changed while it was read
  EXPECT_EQ(
      store_
          ->finish_scan(scope_.id, "r1", 0,
                        [](db::Connection&) -> Status { return fail(Code::kConflict, "lost"); })
          .error()
          .code,
      Code::kConflict);
  EXPECT_EQ(scope().state, ScanState::kScanning);
  must(store_->finish_scan(scope_.id, "r1", 0, nullptr));
  Scope done = scope();
  EXPECT_EQ(done.state, ScanState::kScanned);
  EXPECT_EQ(done.checkpoint, "");
  EXPECT_EQ(done.completed_at, 30'000);
  EXPECT_EQ(done.rules_version, "r1");
  EXPECT_TRUE(done.content_stale);
  now_ = 40'000;
  running = must(store_->begin_scan(scope_.id, false));  // nothing to go on from
  EXPECT_EQ(running.scan_serial, 2);
  EXPECT_EQ(running.items_done, 0);
  must(store_->finish_scan(scope_.id, "r2", 0, nullptr));
  EXPECT_FALSE(scope().content_stale);
}

TEST_F(ScopesTest, CallingOffGoesBackToWhatWas) {
  schedule(scope_.id);
  must(store_->unschedule(scope_.id));
  EXPECT_EQ(scope().state, ScanState::kUnscanned);
  must(store_->begin_scan(scope_.id, true));
  must(store_->finish_scan(scope_.id, "r1", 0, nullptr));
  schedule(scope_.id);
  must(store_->unschedule(scope_.id));
  EXPECT_EQ(scope().state, ScanState::kScanned);
  must(store_->fail_scan(scope_.id, "no credential"));
  EXPECT_EQ(scope().error, "no credential");
  schedule(scope_.id);
  EXPECT_EQ(scope().error, "");
  must(store_->unschedule(scope_.id));
  EXPECT_EQ(scope().state, ScanState::kError);
  EXPECT_EQ(scope().error, "no credential");
  must(store_->unschedule(scope_.id));
  EXPECT_EQ(scope().state, ScanState::kError);
}

TEST_F(ScopesTest, AskedForAgainWhileRunningIsScheduledAfterwards) {
  must(store_->begin_scan(scope_.id, true));
  schedule(scope_.id);
  EXPECT_EQ(scope().state, ScanState::kScanning);
  must(store_->finish_scan(scope_.id, "r1", 0, nullptr));
  EXPECT_EQ(scope().state, ScanState::kScheduled);
  must(store_->begin_scan(scope_.id, true));
  must(store_->finish_scan(scope_.id, "r1", 0, nullptr));
  EXPECT_EQ(scope().state, ScanState::kScanned);
}

TEST_F(ScopesTest, ItemsWaitAndAreCalledOff) {
  commit({page("7", 3)});
  Item known = page("7", 9).item;
  known.title = "New title";
  const Item asked = must(store_->ensure_item(scope_.id, known, ScanState::kScheduled));
  EXPECT_EQ(asked.state, ScanState::kScheduled);
  EXPECT_EQ(asked.title, "New title");
  EXPECT_EQ(asked.updated, 1003);  // what was scanned, not what is there
  EXPECT_EQ(asked.version, 3);
  must(store_->ensure_item(scope_.id, page("8").item, ScanState::kScanning));
  must(store_->ensure_item(scope_.id, page("9").item, ScanState::kError));
  must(store_->set_item_state(item("9").id, ScanState::kError, "too large"));
  EXPECT_EQ(item("9").error, "too large");
  must(store_->set_item_state(item("9").id, ScanState::kScheduled));
  EXPECT_EQ(must(store_->unschedule_items(scope_.id)), 3);
  EXPECT_EQ(item("7").state, ScanState::kScanned);
  EXPECT_EQ(item("8").state, ScanState::kUnscanned);
  EXPECT_EQ(item("9").state, ScanState::kError);
  EXPECT_EQ(item("9").error, "too large");
  EXPECT_EQ(store_->set_item_state(12345, ScanState::kScanned).error().code, Code::kNotFound);
  EXPECT_EQ(store_->ensure_item(777, known, ScanState::kScheduled).error().code, Code::kNotFound);
}

TEST_F(ScopesTest, AStaleItemIsNotUpToDateUntilItIsRead) {
  commit({page("7", 3)});
  must(store_->mark_stale(scope_.id, item("7").id));
  EXPECT_TRUE(item("7").content_stale);
  EXPECT_TRUE(scope().content_stale);
  const std::vector<std::string> ids = {"7"};
  EXPECT_EQ(must(store_->known_items(site_.id, ids)).at("7").updated, 0);
  commit({page("7", 4)});
  EXPECT_FALSE(item("7").content_stale);
  const auto known = must(store_->known_items(site_.id, ids)).at("7");
  EXPECT_EQ(known.updated, 1004);
  EXPECT_EQ(known.version, 4);
  EXPECT_EQ(known.rules_version, "r1");
  EXPECT_EQ(known.highest.at("page/7"), 4);
}

TEST_F(ScopesTest, SettingsAreNamesAndTexts) {
  EXPECT_EQ(must(store_->setting("auto_scan")), std::nullopt);
  must(store_->set_setting("auto_scan", "on"));
  must(store_->set_setting("auto_scan", ""));
  EXPECT_EQ(must(store_->setting("auto_scan")), "");
}

}  // namespace
}  // namespace spillguard::store::test
