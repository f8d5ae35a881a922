#include "store/documents.h"

#include "store/finding_walk.h"
#include "store/move_store.h"
#include "store/rekey.h"
#include "store/store_test_util.h"

namespace spillguard::store {
namespace {

using test::must;

class DocumentsTest : public test::StoreTest {
 protected:
  DocumentRow document(int number, const std::string& text, const std::string& rules = "r1 text") {
    DocumentResult result;
    result.status = PartStatus::kScanned;
    result.type = "zip";
    result.is_final = result.is_kept = true;
    result.files = 2;
    DocumentFinding finding;
    finding.rule_id = 7;
    finding.rule_name = "RULE_7";
    finding.fingerprint = key_.fingerprint(text);
    finding.evidence = {.match = text, .secret = text, .before = "", .after = "", .place = "a.txt"};
    result.findings.push_back(finding);
    DocumentRow row;
    row.key = test::fingerprint_of(number);
    row.rules = rules;
    row.result = seal_document(key_, row.key, result);
    return row;
  }
  AttachmentRecord attachment(const std::string& id, int number, int64_t version = 1) {
    AttachmentRecord record;
    record.content_id = id;
    record.version = version;
    record.name = seal_title(key_, id, "report.zip");
    record.status = PartStatus::kScanned;
    record.bytes = 100;
    record.document = test::fingerprint_of(number);
    return record;
  }
  void commit_with(std::vector<ItemResult> items, std::vector<DocumentRow> documents) {
    ScanCommit batch;
    batch.scope_id = scope_.id;
    batch.rules_version = "r1";
    batch.items = items;
    batch.documents = documents;
    must(store_->commit(batch));
  }
  int64_t documents() { return number("SELECT count(*) FROM documents"); }
  int64_t attachments() { return number("SELECT count(*) FROM attachments"); }
  MasterKey key_ = MasterKey::generate();
};

TEST_F(DocumentsTest, SealedResultsOpenAgainAndOnlyForTheirBytes) {
  const auto row = document(1, "the secret");
  EXPECT_EQ(row.result.find("the secret"), std::string::npos);
  EXPECT_EQ(row.result.find("a.txt"), std::string::npos);
  const auto result = must(open_document(key_, row.key, row.result));
  EXPECT_EQ(result.type, "zip");
  EXPECT_EQ(result.files, 2);
  EXPECT_TRUE(result.is_final && result.is_kept);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].evidence.match, "the secret");
  EXPECT_EQ(result.findings[0].evidence.place, "a.txt");
  EXPECT_EQ(open_document(key_, test::fingerprint_of(2), row.result).error().code, Code::kCorrupt);
}

TEST_F(DocumentsTest, AreFoundUnderTheRulesThatTheyWereReadWith) {
  auto item = page("1");
  item.attachments = {attachment("a", 1)};
  commit_with({item}, {document(1, "x")});
  const AttachmentKey known{
      .site_id = site_.id, .item_host_id = "1", .content_id = "a", .version = 1, .bytes = 100};
  EXPECT_TRUE(must(known_document(*database_, known, "r1 text")));
  EXPECT_FALSE(must(known_document(*database_, known, "r2 text")));
  AttachmentKey other = known;
  other.version = 2;
  EXPECT_FALSE(must(known_document(*database_, other, "r1 text")));
  other = known;
  other.bytes = 101;
  EXPECT_FALSE(must(known_document(*database_, other, "r1 text")));
  EXPECT_TRUE(must(find_document(*database_, test::fingerprint_of(1), "r1 text")));
  EXPECT_FALSE(must(find_document(*database_, test::fingerprint_of(1), "r2 text")));
}

TEST_F(DocumentsTest, StayAsLongAsAnAttachmentNamesThem) {
  auto one = page("1");
  one.attachments = {attachment("a", 1), attachment("b", 2)};
  auto two = page("2");
  two.attachments = {attachment("c", 1)};
  commit_with({one, two}, {document(1, "x"), document(2, "y")});
  EXPECT_EQ(attachments(), 3);
  EXPECT_EQ(documents(), 2);
  one.attachments = {attachment("a", 1, 2)};  // a new version of the same bytes; b is gone
  commit_with({one}, {});
  EXPECT_EQ(attachments(), 2);
  EXPECT_EQ(documents(), 1);
  // A partial result adds, and takes the place of older versions only.
  auto more = page("1");
  more.whole = false;
  more.attachments = {attachment("d", 3)};
  commit_with({more}, {document(3, "z")});
  EXPECT_EQ(attachments(), 3);
  must(store_->mark_gone(item("1").id));
  EXPECT_EQ(attachments(), 1);
  EXPECT_EQ(documents(), 1);
  EXPECT_EQ(number("SELECT attachment_rows FROM items WHERE host_id = '1'"), 0);
  EXPECT_TRUE(must(check_store(*database_)).empty());
}

TEST_F(DocumentsTest, AnItemThatMovesTakesItsAttachmentsAlong) {
  auto one = page("1");
  one.attachments = {attachment("a", 1)};
  commit_with({one}, {document(1, "x")});
  const auto other = make_scope("11", "OTHER");
  commit({one}, "r1", other.id);
  AttachmentWalk walk(*database_, other.id, 10);
  std::vector<AttachmentRow> rows;
  must(walk.next(rows));
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(must(open_title(key_, "a", rows[0].attachment.name)), "report.zip");
}

TEST_F(DocumentsTest, AnotherKeySealsNamesAnewAndForgetsBytes) {
  auto one = page("1");
  one.item.title.clear();  // the others' are not sealed
  one.attachments = {attachment("a", 1), attachment("b", 1)};
  commit_with({one}, {document(1, "x")});
  const auto other = MasterKey::generate();
  must(change_key(*database_, key_, other, {}));
  EXPECT_EQ(documents(), 0);
  AttachmentWalk walk(*database_, scope_.id, 10);
  std::vector<AttachmentRow> rows;
  must(walk.next(rows));
  ASSERT_EQ(rows.size(), 2U);
  for (const auto& row : rows) {
    EXPECT_EQ(must(open_title(other, row.attachment.content_id, row.attachment.name)),
              "report.zip");
  }
}

}  // namespace
}  // namespace spillguard::store
