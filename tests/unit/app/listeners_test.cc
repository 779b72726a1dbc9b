// SPDX-License-Identifier: Apache-2.0
#include "app/listeners.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "net/http/curl_client.h"
#include "schemas/command.h"
#include "sinks/slack/slack_inbox.h"
#include "tests/fakes/fake_bus.h"
#include "tests/fakes/io_thread.h"
#include "tests/fakes/slack/fake_slack.h"

namespace app {
namespace {

using fakes::slack::FakeSlack;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

struct ListenersTest : testing::Test {
  ~ListenersTest() override {
    loop.run(listeners.stop());
    loop.run(http->stop());
  }
  std::shared_ptr<sinks::Inbox> inbox(const std::string& sink, FakeSlack& of) {
    sinks::slack::Options options;
    options.name = sink;
    options.api_key = base::Secret(FakeSlack::kToken);
    options.api_url = of.api_url();
    options.app_token = base::Secret(FakeSlack::kAppToken);
    return std::make_shared<sinks::slack::SlackInbox>(options, services);
  }
  void use(const Clicks::Inboxes& inboxes) {
    clicks.use(inboxes);
    listeners.use(inboxes);
  }
  static nlohmann::json click() {
    nlohmann::json button = {{"action_id", "tocsin_acknowledge"}, {"action_ts", "3.4"}};
    button["value"] = nlohmann::json{{"s", "main"}, {"k", "key"}, {"i", "incident"}}.dump();
    return {{"type", "block_actions"},
            {"user", {{"id", "U1"}, {"username", "ann"}}},
            {"team", {{"id", FakeSlack::kTeam}}},
            {"container", {{"channel_id", "C1"}, {"message_ts", "1.2"}}},
            {"actions", nlohmann::json::array({button})}};
  }
  static std::string command_of(const fakes::BusLevers::Append& append) {
    return schemas::decode_command(append.records.front().value).value().id;
  }
  bool is_well() {
    auto checks = listeners.checks();
    return std::all_of(checks.begin(), checks.end(), [](const Check& check) { return check.ok; });
  }

  FakeSlack slack;
  FakeSlack another;
  base::SystemClock clock;
  base::Metrics metrics;
  base::Rng rng{1};
  fakes::IoThread loop;
  std::unique_ptr<net::http::Client> http = net::http::make_client({}, loop.executor());
  sinks::Services services{.http = *http, .file_pool = loop.executor()};
  std::shared_ptr<fakes::BusLevers> levers = std::make_shared<fakes::BusLevers>();
  fakes::FakeBus bus{levers};
  Clicks clicks{bus, clock, metrics};
  Listeners listeners{clicks, metrics, rng, loop.executor()};
};

TEST_F(ListenersTest, SinksOfOneAppShareAConnection) {
  use({{"main", inbox("main", slack)}, {"other", inbox("other", slack)}});

  ASSERT_TRUE(slack.wait_until([&] { return is_well(); }));
  auto checks = listeners.checks();
  ASSERT_THAT(checks, SizeIs(1));
  EXPECT_EQ(checks[0].name, "clicks/main");
  EXPECT_FALSE(checks[0].decides);
  EXPECT_EQ(slack.socket().connections(), 1);
}

TEST_F(ListenersTest, AnotherConfigurationChangesWhatIsAnotherOnly) {
  use({{"main", inbox("main", slack)}});
  ASSERT_TRUE(slack.wait_until([&] { return is_well(); }));

  use({{"main", inbox("main", slack)}, {"second", inbox("second", another)}});
  ASSERT_TRUE(slack.wait_until([&] { return is_well(); }));
  EXPECT_EQ(slack.socket().connections(), 1) << "the same line stays";

  use({{"second", inbox("second", another)}});
  EXPECT_TRUE(slack.wait_until([&] { return slack.socket().goodbyes() == 1; }));
  EXPECT_EQ(another.socket().connections(), 1);

  use({});
  EXPECT_TRUE(slack.wait_until([&] { return another.socket().goodbyes() == 1; }));
  EXPECT_THAT(listeners.checks(), IsEmpty());
}

TEST_F(ListenersTest, EachReplicaHasAConnectionAndOneClickOverBothIsOneCommand) {
  Clicks other_clicks{bus, clock, metrics};
  Listeners replica{other_clicks, metrics, rng, loop.executor()};
  use({{"main", inbox("main", slack)}});
  ASSERT_TRUE(slack.wait_until([&] { return is_well(); }));
  other_clicks.use({{"main", inbox("main", slack)}});
  replica.use({{"main", inbox("main", slack)}});
  ASSERT_TRUE(slack.wait_until([&] { return replica.checks().at(0).ok; }));

  auto id = slack.socket().send_envelope(click());
  auto again = slack.socket().send_envelope_to_oldest(click());

  ASSERT_TRUE(slack.wait_until([&] { return slack.socket().acknowledged().size() == 2; }));
  EXPECT_THAT(slack.socket().acknowledged(), UnorderedElementsAre(id, again));
  EXPECT_EQ(slack.socket().open(), 2);
  auto appends = levers->appends();
  ASSERT_THAT(appends, SizeIs(2));
  EXPECT_EQ(command_of(appends[0]), command_of(appends[1]));
  loop.run(replica.stop());
}

TEST_F(ListenersTest, AfterStopNothingIsOpened) {
  loop.run(listeners.stop());

  use({{"main", inbox("main", slack)}});

  EXPECT_THAT(listeners.checks(), IsEmpty());
}

}  // namespace
}  // namespace app
