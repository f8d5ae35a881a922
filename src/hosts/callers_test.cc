#include "hosts/callers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/encoding.h"

namespace spillguard::hosts {
namespace {

Identity ann() { return {.name = "ann", .key = "k", .display_name = "Ann", .time_zone = {}}; }

// A host that only knows callers; counts what it is asked.
class FakeHost : public Host {
 public:
  std::function<Result<Identity>(const CallerCredential&)> identity =
      [](const CallerCredential&) -> Result<Identity> { return ann(); };
  std::atomic<int> asked = 0;
  bool admin = true;

  [[nodiscard]] Product product() const override { return Product::kJira; }
  [[nodiscard]] const HostOptions& options() const override { return options_; }
  [[nodiscard]] HostCounters counters() const override { return {}; }
  Result<Identity> identify() override { return no(); }
  Status confirm_identity(int64_t) override { return {}; }
  Result<TimeMs> host_time() override { return 1; }
  Result<std::vector<HostScope>> list_scopes() override { return no(); }
  Result<HostScope> find_scope(const std::string&) override { return no(); }
  Result<PageResult> read_page(const PageRequest&, ItemSink&) override { return no(); }
  Result<ItemRef> find_item(const std::string&) override { return no(); }
  Status read_item(const ItemRef&, ItemSink&) override { return no(); }
  Status read_version(const ItemRef&, TimeMs, ItemSink&) override { return no(); }
  Result<int64_t> find_version(const ItemRef&, TimeMs) override { return no(); }
  Result<Identity> caller_identity(const CallerCredential& caller) override {
    ++asked;
    return identity(caller);
  }
  Result<bool> is_product_admin(const CallerCredential&) override {
    ++asked;
    return admin;
  }
  Result<bool> is_scope_admin(const CallerCredential&, const std::string& key) override {
    ++asked;
    return key == "OPS";
  }
  Result<bool> can_view_scope(const CallerCredential&, const std::string&) override { return no(); }
  // Items: odd numbers are visible, those below 100 are known to the search.
  Result<bool> can_view_item(const CallerCredential&, const std::string& id) override {
    ++asked;
    return std::stoi(id) % 2 == 1;
  }
  Result<std::vector<std::string>> visible_items(const CallerCredential&,
                                                 const std::vector<std::string>& ids) override {
    ++asked;
    std::vector<std::string> found;
    for (const auto& id : ids) {
      if (std::stoi(id) < 100 && std::stoi(id) % 2 == 1) found.push_back(id);
    }
    return found;
  }

 private:
  static tl::unexpected<Error> no() { return fail(Code::kUnavailable, "not here"); }
  HostOptions options_;
};

CallerCredential bearer(const std::string& token) {
  return {.authorization = Secret("Bearer " + token), .cookies = {}};
}
CallerCredential basic(const std::string& user, const std::string& password) {
  return {.authorization = Secret("Basic " + base64_encode(user + ":" + password)), .cookies = {}};
}
CallerCredential cookie(const std::string& session) {
  return {.authorization = {}, .cookies = Secret("JSESSIONID=" + session)};
}

class CallersTest : public testing::Test {
 protected:
  TimeMs now = 1'000'000;
  FakeHost host;
  Callers callers{host, MasterKey::generate(), {}, [this] { return now; }};

  void refuse() {
    host.identity = [](const CallerCredential&) -> Result<Identity> {
      return fail(Code::kUnauthenticated, "no");
    };
  }
};

TEST_F(CallersTest, PositiveAnswersAreKeptAMinute) {
  EXPECT_EQ(callers.authenticate(bearer("a"), "1.1.1.1").value().name, "ann");
  EXPECT_TRUE(callers.authenticate(bearer("a"), "1.1.1.1"));
  EXPECT_EQ(host.asked, 1);
  EXPECT_TRUE(callers.authenticate(bearer("b"), "1.1.1.1"));
  EXPECT_TRUE(callers.authenticate(cookie("a"), "1.1.1.1"));
  EXPECT_EQ(host.asked, 3);
  now += 59'999;
  EXPECT_TRUE(callers.authenticate(bearer("a"), "1.1.1.1"));
  EXPECT_EQ(host.asked, 3);
  now += 1;
  EXPECT_TRUE(callers.authenticate(bearer("a"), "1.1.1.1"));
  EXPECT_EQ(host.asked, 4);
}

TEST_F(CallersTest, NegativeAnswersAreKeptFiveSeconds) {
  refuse();
  EXPECT_EQ(callers.authenticate(bearer("a"), "1.1.1.1").error().code, Code::kUnauthenticated);
  EXPECT_EQ(callers.authenticate(bearer("a"), "1.1.1.1").error().code, Code::kUnauthenticated);
  EXPECT_EQ(host.asked, 1);
  now += 5'000;
  EXPECT_FALSE(callers.authenticate(bearer("a"), "1.1.1.1"));
  EXPECT_EQ(host.asked, 2);
  host.admin = false;
  EXPECT_FALSE(callers.is_product_admin(bearer("a")).value());
  EXPECT_FALSE(callers.is_product_admin(bearer("a")).value());
  EXPECT_EQ(host.asked, 3);
  now += 5'000;
  host.admin = true;
  EXPECT_TRUE(callers.is_product_admin(bearer("a")).value());
}

TEST_F(CallersTest, AHostThatIsAwayIsNoAnswerToKeep) {
  host.identity = [](const CallerCredential&) -> Result<Identity> {
    return fail(Code::kUnavailable, "down");
  };
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(callers.authenticate(basic("ann", "x"), "1.1.1.1").error().code, Code::kUnavailable);
  }
  EXPECT_EQ(host.asked, 10);
}

TEST_F(CallersTest, PermissionsAreKeptPerQuestion) {
  EXPECT_TRUE(callers.is_scope_admin(bearer("a"), "OPS").value());
  EXPECT_FALSE(callers.is_scope_admin(bearer("a"), "DEV").value());
  EXPECT_TRUE(callers.is_scope_admin(bearer("a"), "OPS").value());
  EXPECT_FALSE(callers.is_scope_admin(bearer("a"), "DEV").value());
  EXPECT_EQ(host.asked, 2);
  EXPECT_TRUE(callers.is_scope_admin(bearer("b"), "OPS").value());
  EXPECT_EQ(host.asked, 3);
  EXPECT_EQ(callers.is_scope_admin({}, "OPS").error().code, Code::kUnauthenticated);
  EXPECT_EQ(callers.authenticate({}, "1.1.1.1").error().code, Code::kUnauthenticated);
  EXPECT_EQ(host.asked, 3);
}

TEST_F(CallersTest, FailuresOfOneNameAreHeldBackFromTheHost) {
  refuse();
  for (int i = 0; i < 5; ++i) {
    const auto address = "1.1.1." + std::to_string(i);
    EXPECT_EQ(callers.authenticate(basic("Ann", std::to_string(i)), address).error().code,
              Code::kUnauthenticated);
  }
  EXPECT_EQ(callers.authenticate(basic("ann", "next"), "9.9.9.9").error().code, Code::kRateLimited);
  EXPECT_EQ(host.asked, 5);
  EXPECT_EQ(callers.authenticate(basic("bob", "x"), "9.9.9.9").error().code,
            Code::kUnauthenticated);
  now += 60'000;
  EXPECT_EQ(callers.authenticate(basic("ann", "next"), "9.9.9.9").error().code,
            Code::kUnauthenticated);
}

TEST_F(CallersTest, FailuresFromOneAddressAreHeldBackButNotSessionsThatRanOut) {
  refuse();
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(callers.authenticate(cookie(std::to_string(i)), "1.1.1.1").error().code,
              Code::kUnauthenticated);
  }
  // Far more than of one name: all who come through a proxy share its address.
  for (int i = 0; i < CallerOptions{}.max_failures_from_address; ++i) {
    EXPECT_EQ(callers.authenticate(bearer(std::to_string(i)), "1.1.1.1").error().code,
              Code::kUnauthenticated);
  }
  EXPECT_EQ(callers.authenticate(bearer("x"), "1.1.1.1").error().code, Code::kRateLimited);
  EXPECT_EQ(callers.authenticate(bearer("x"), "2.2.2.2").error().code, Code::kUnauthenticated);
  EXPECT_EQ(callers.authenticate(cookie("x"), "1.1.1.1").error().code, Code::kUnauthenticated);
}

TEST_F(CallersTest, WhoIsKnownIsNotHeldBackByOthersFailures) {
  EXPECT_TRUE(callers.authenticate(bearer("good"), "1.1.1.1"));
  refuse();
  for (int i = 0; i < 6; ++i) {
    EXPECT_FALSE(callers.authenticate(bearer(std::to_string(i)), "1.1.1.1"));
  }
  EXPECT_TRUE(callers.authenticate(bearer("good"), "1.1.1.1"));
}

TEST_F(CallersTest, EqualQuestionsAtTheSameTimeAreAskedOnce) {
  std::atomic<bool> open = false;
  host.identity = [&](const CallerCredential&) -> Result<Identity> {
    open.wait(false);
    return ann();
  };
  std::atomic<int> good = 0;
  std::atomic<int> started = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] {
      ++started;
      if (callers.authenticate(bearer("a"), "1.1.1.1")) ++good;
    });
  }
  while (started < 6) std::this_thread::yield();
  open = true;
  open.notify_all();
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, 6);
  EXPECT_EQ(host.asked, 1);
}

TEST_F(CallersTest, ItemsAreAskedForTogetherAndKept) {
  const auto seen = callers.visible_items(bearer("a"), {"1", "2", "3", "3", "101"}).value();
  EXPECT_EQ(seen, (std::unordered_set<std::string>{"1", "3", "101"}));
  EXPECT_EQ(host.asked, 3);  // one search, and one by one what it did not know: 2 and 101
  EXPECT_EQ(callers.visible_items(bearer("a"), {"1", "2", "3", "101"}).value(), seen);
  EXPECT_EQ(host.asked, 3);
  EXPECT_TRUE(callers.can_view_item(bearer("a"), "3").value());
  EXPECT_EQ(host.asked, 3);
  // Nobody else's answer counts.
  EXPECT_EQ(callers.visible_items(bearer("b"), {"5"}).value().size(), 1U);
  EXPECT_EQ(host.asked, 4);
  EXPECT_EQ(callers.visible_items({}, {"5"}).error().code, Code::kUnauthenticated);
}

TEST_F(CallersTest, TheCacheIsBounded) {
  for (int i = 0; i < 105'000; ++i) {
    ASSERT_TRUE(callers.is_scope_admin(bearer("a"), "S" + std::to_string(i)));
  }
  const int before = host.asked;
  EXPECT_FALSE(callers.is_scope_admin(bearer("a"), "S104999").value());  // among the newest
  EXPECT_EQ(host.asked, before);
  EXPECT_FALSE(callers.is_scope_admin(bearer("a"), "S0").value());  // gone
  EXPECT_EQ(host.asked, before + 1);
}

}  // namespace
}  // namespace spillguard::hosts
