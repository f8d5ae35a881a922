#include "store/rekey.h"

#include "store/evidence.h"
#include "store/reviews.h"
#include "store/store_test_util.h"

namespace spillguard::store {
namespace {

using test::must;

class RekeyTest : public test::StoreTest {
 protected:
  NewFinding sealed_finding(const std::string& text, int32_t rule_id = 1) {
    NewFinding finding = test::finding_in("page", "1", 1, {1}, rule_id);
    finding.fingerprint = old_.fingerprint(text);
    finding.evidence = seal_evidence(
        old_, finding.fingerprint,
        {.match = text, .secret = text.substr(1), .before = "in front ", .after = " behind"});
    return finding;
  }
  void review(const std::string& text, bool with_text) {
    Review review{
        .site_id = site_.id, .scope_id = scope_.id, .fingerprint = old_.fingerprint(text)};
    review.reviewer = "ada";
    review.reviewed_at = now_;
    if (with_text) {
      Evidence evidence;
      evidence.match = text;
      review.evidence = seal_evidence(old_, review.fingerprint, evidence);
    }
    must(database_->write([&](db::Connection& connection) -> Status {
      SG_TRY(put_review(connection, review));
      return {};
    }));
  }
  MasterKey old_ = MasterKey::generate();
  MasterKey new_ = MasterKey::generate();
};

TEST_F(RekeyTest, EverythingOpensUnderTheNewKeyOnly) {
  auto item = page("1");
  item.item.title = seal_title(old_, "1", "A title");
  item.findings = {sealed_finding("first text"), sealed_finding("second text", 2)};
  commit({item});
  review("first text", false);  // its text is the finding's
  review("gone text", true);    // outlives its finding
  review("nobody knows", false);
  const auto counts = must(change_key(*database_, old_, new_, {}));
  EXPECT_EQ(counts.findings, 2);
  EXPECT_EQ(counts.titles, 1);
  EXPECT_EQ(counts.reviews, 2);
  EXPECT_EQ(counts.lost_reviews, 1);
  const auto found = findings();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].fingerprint, new_.fingerprint("first text"));
  const auto evidence = must(open_evidence(new_, found[0].fingerprint, found[0].evidence));
  EXPECT_EQ(evidence.match, "first text");
  EXPECT_EQ(evidence.secret, "irst text");
  EXPECT_EQ(evidence.before, "in front ");
  EXPECT_EQ(evidence.after, " behind");
  EXPECT_FALSE(open_evidence(old_, found[0].fingerprint, found[0].evidence));
  EXPECT_TRUE(found[0].reviewed);
  EXPECT_FALSE(found[1].reviewed);
  EXPECT_EQ(must(open_title(new_, "1", found[0].item_title)), "A title");
  Reviews reviews(*database_, [this] { return now_; });
  int opened = 0;
  for (const auto& row : must(reviews.list({.site_id = site_.id, .scope_id = scope_.id}))) {
    if (open_evidence(new_, row.fingerprint, row.evidence)) ++opened;
  }
  EXPECT_EQ(opened, 2);
  // Later findings of a reviewed text come up reviewed.
  EXPECT_EQ(must(is_key_of(*database_, new_)), std::optional(true));
  EXPECT_EQ(must(is_key_of(*database_, old_)), std::optional(false));
}

TEST_F(RekeyTest, TheWrongKeyChangesNothing) {
  auto item = page("1");
  item.item.title = seal_title(old_, "1", "A title");
  item.findings = {sealed_finding("first text")};
  commit({item});
  const auto before = findings();
  EXPECT_FALSE(change_key(*database_, new_, old_, {}));
  EXPECT_EQ(findings()[0].evidence, before[0].evidence);
  EXPECT_EQ(must(is_key_of(*database_, old_)), std::nullopt);
}

TEST_F(RekeyTest, AStoreKnowsItsKey) {
  must(check_key(*database_, old_));
  must(check_key(*database_, old_));
  const auto other = check_key(*database_, new_);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Code::kConflict);
}

}  // namespace
}  // namespace spillguard::store
