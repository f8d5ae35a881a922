#include "sim/webhooks.h"

#include <gtest/gtest.h>

#include <mutex>

#include "base/crypto.h"
#include "base/encoding.h"
#include "http/server.h"
#include "sim/churn.h"
#include "sim/test_client.h"
#include "sim/webhook_bodies.h"

namespace spillguard::sim {
namespace {

namespace bj = boost::json;
using testing::text;
using testing::World;

// Takes what is delivered.
class Receiver {
 public:
  Receiver() {
    http::ServerOptions options;
    server_ = *http::Server::start(options, [this](const http::Request& request) {
      const std::lock_guard lock(mutex_);
      got_.push_back(request);
      return http::Response::empty(204);
    });
  }
  [[nodiscard]] std::string url() const {
    return fmt::format("http://127.0.0.1:{}/hook", server_->port());
  }
  std::vector<http::Request> got() {
    const std::lock_guard lock(mutex_);
    return got_;
  }

 private:
  std::mutex mutex_;
  std::vector<http::Request> got_;
  std::unique_ptr<http::Server> server_;
};

Webhook hook_to(const std::string& url, std::vector<std::string> events) {
  Webhook hook;
  hook.url = url;
  hook.events = std::move(events);
  return hook;
}

TEST(WebhookDelivery, OnlyWhatIsWantedAndSigned) {
  Receiver receiver;
  Webhooks hooks;
  auto hook = hook_to(receiver.url(), {"one"});
  hook.secret = "It's a Secret to Everybody";
  hooks.add(hook);
  hooks.publish({Product::kJira, "one", "Hello World!"});
  hooks.publish({Product::kJira, "two", "not wanted"});
  hooks.publish({Product::kConfluence, "one", "of the other"});
  hooks.deliver_all();
  const auto got = receiver.got();
  ASSERT_EQ(got.size(), 1U);
  // Atlassian's own test vector.
  EXPECT_EQ(got[0].headers.get("X-Hub-Signature"),
            "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9");
  EXPECT_EQ(hooks.find(Product::kJira, 1)->last_status, 204);
}

TEST(WebhookDelivery, GoesWrongAsPlanned) {
  Receiver receiver;
  Webhooks hooks;
  hooks.add(hook_to(receiver.url(), {"e"}));
  hooks.set_plan({.late = 30, .late_ms = 60'000, .doubled = 30, .lost = 30, .shuffle = 30}, 9);
  for (int i = 0; i < 200; ++i) hooks.publish({Product::kJira, "e", std::to_string(i)});
  hooks.deliver_all();
  const auto counts = hooks.counts();
  const auto got = receiver.got();
  EXPECT_EQ(got.size(), counts.sent);
  EXPECT_EQ(counts.sent, 200 - counts.lost + counts.doubled);
  EXPECT_GT(counts.lost, 30U);
  EXPECT_GT(counts.doubled, 20U);
  EXPECT_GT(counts.late, 20U);
  bool out_of_order = false;
  for (size_t i = 1; i < got.size(); ++i)
    out_of_order |= std::stoi(got[i].body) < std::stoi(got[i - 1].body);
  EXPECT_TRUE(out_of_order);
}

// Every kind of change says something, in JSON, with what the real hosts' bodies have.
TEST(WebhookBodies, AreWhatTheHostsSend) {
  auto world = testing::small_world();
  std::map<std::string, bj::value> bodies;
  Churn churn(*world.jira_site, *world.wiki_site, {.seed = 5}, [&](const ChangeDone& change) {
    for (const auto& event : events_of(change, *world.jira_site)) {
      boost::system::error_code error;
      bodies[change.kind + "/" + event.event] = bj::parse(event.body, error);
      EXPECT_FALSE(error) << event.body;
    }
  });
  churn.run(600);
  const auto& comment = bodies.at("add_comment/comment_created").as_object();
  EXPECT_FALSE(comment.contains("issue"));
  EXPECT_FALSE(comment.contains("user"));
  EXPECT_NE(text(comment.at("comment").at("self")).find("/rest/api/2/issue/"), std::string::npos);
  EXPECT_TRUE(bodies.at("delete_comment/comment_deleted").as_object().contains("user"));
  const auto& updated = bodies.at("edit_description/jira:issue_updated").as_object();
  EXPECT_EQ(text(updated.at("issue_event_type_name")), "issue_updated");
  EXPECT_EQ(text(updated.at("changelog").at("items").at(0).at("field")), "description");
  EXPECT_TRUE(updated.at("issue").at("fields").as_object().contains("summary"));
  EXPECT_TRUE(bodies.contains("delete_issue/jira:issue_deleted"));
  EXPECT_TRUE(bodies.contains("rename_project/project_updated"));
  const auto& page = bodies.at("edit_page/page_updated").as_object();
  EXPECT_TRUE(page.at("page").at("id").is_int64());
  EXPECT_EQ(page.size(), 4U);
  EXPECT_TRUE(bodies.contains("edit_page/blog_updated"));
  EXPECT_TRUE(bodies.at("move_page/page_moved").as_object().contains("oldParent"));
}

http::Request hook_request(const std::string& method, const std::string& target,
                           const std::string& user, const std::string& body = {}) {
  auto request = testing::make_request(method, target, user);
  request.headers.add("Content-Type", "application/json");
  request.body = body;
  return request;
}

// What a client does to register, look, change and remove.
template <typename Call>
void register_and_remove(const Call& call, const std::string& path, const std::string& body,
                         bool has_secret) {
  EXPECT_GE(call("GET", path, "ed", "").status, 401);
  EXPECT_EQ(call("POST", path, "scanner", R"({"url":"http://x/"})").status, 400);
  const auto made = call("POST", path, "scanner", body);
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.body.find("hush"), std::string::npos);
  const auto hook = path + "/1";
  const auto shown = testing::parsed(call("GET", hook, "scanner", ""));
  EXPECT_EQ(text(shown.at("name")), "ours");
  EXPECT_EQ(text(shown.at("events").at(0)), "some_event");
  EXPECT_EQ(shown.as_object().contains("configuration"), has_secret);
  EXPECT_EQ(call("PUT", hook, "scanner", R"({"name":"renamed"})").status, 200);
  EXPECT_NE(call("GET", path, "scanner", "").body.find("renamed"), std::string::npos);
  if (has_secret) {
    EXPECT_EQ(call("GET", hook + "/latest", "scanner", "").status, 204);
  }
  EXPECT_EQ(call("DELETE", hook, "scanner", "").status, 204);
  EXPECT_EQ(call("GET", hook, "scanner", "").status, 404);
}

TEST(WebhookRegistration, EachGenerationHasItsOwn) {
  const auto world = testing::small_world();
  for (const int version : {9, 10}) {
    Webhooks hooks;
    const JiraApi api(*world.jira_site, *world.jira_auth, {.version = version, .webhooks = &hooks});
    const auto call = [&](const std::string& method, const std::string& path,
                          const std::string& user, const std::string& body) {
      return api.handle(hook_request(method, "/jira" + path, user, body));
    };
    const std::string old_path = "/rest/webhooks/1.0/webhook";
    const std::string new_path = "/rest/jira-webhook/1.0/webhooks";
    EXPECT_EQ(call("GET", version == 9 ? new_path : old_path, "scanner", "").status, 404);
    if (version == 9) {
      register_and_remove(call, old_path,
                          R"({"name":"ours","url":"http://x/h","events":["some_event"]})", false);
    } else {
      register_and_remove(
          call, new_path,
          R"({"name":"ours","url":"http://x/h","events":["some_event"],"configuration":{"secret":"hush"}})",
          true);
    }
  }
}

TEST(WebhookRegistration, Confluence) {
  const auto world = testing::small_world();
  Webhooks hooks;
  const WikiApi api(*world.wiki_site, *world.wiki_auth, {.webhooks = &hooks});
  const auto call = [&](const std::string& method, const std::string& path, const std::string& user,
                        const std::string& body) {
    return api.handle(hook_request(method, "/confluence" + path, user, body));
  };
  register_and_remove(
      call, "/rest/api/webhooks",
      R"({"name":"ours","url":"http://x/h","events":["some_event"],"active":true,"configuration":{"secret":"hush"}})",
      true);
}

}  // namespace
}  // namespace spillguard::sim
