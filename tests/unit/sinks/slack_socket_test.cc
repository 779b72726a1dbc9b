// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>

#include "net/http/curl_client.h"
#include "sinks/slack/slack_sink.h"
#include "sinks/slack/socket_mode.h"
#include "tests/fakes/certificates.h"
#include "tests/fakes/io_thread.h"
#include "tests/fakes/relay.h"
#include "tests/fakes/slack/fake_slack.h"
#include "tests/harness/temp_dir.h"

namespace sinks::slack {
namespace {

using fakes::slack::FakeSlack;
using Mood = fakes::slack::FakeSocket::Mood;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Long enough for any machine where nothing is to happen, short where it is waited for.
constexpr std::chrono::milliseconds kShort(100);
constexpr std::chrono::minutes kNever(10);

struct SlackSocket : testing::Test {
  ~SlackSocket() override {
    stop();
    loop.run(http->stop());
  }

  static SocketMode::Pace pace() {
    return {.between = {.first = kShort, .longest = kShort},
            .open = kNever,
            .idle = kNever,
            .settled = kNever,
            .linger = kShort,
            .refused = kShort};
  }
  Options options() const {
    Options made;
    made.name = "main";
    made.api_key = base::Secret(FakeSlack::kToken);
    made.app_token = base::Secret(token, token_file);
    made.api_url = slack.api_url();
    return made;
  }
  void start(SocketMode::Pace with = pace(), std::optional<Options> as = std::nullopt) {
    Ears ears{.name = "main",
              .take = [this](std::string payload) { return take(std::move(payload)); },
              .metrics = metrics,
              .rng = rng};
    socket_mode = std::make_shared<SocketMode>(as.value_or(options()), services, std::move(ears), with);
    running = loop.begin(run(socket_mode));
  }
  void start_and_wait(SocketMode::Pace with = pace(), std::optional<Options> as = std::nullopt) {
    start(with, std::move(as));
    ASSERT_TRUE(until([&] { return socket_mode->state().is_connected; })) << socket_mode->state().detail;
  }
  void stop() {
    if (!running.valid()) return;
    socket_mode->stop();
    running.get();
  }
  static base::Task<void> run(std::shared_ptr<SocketMode> socket_mode) { co_await socket_mode->run(); }
  base::Task<bool> take(std::string payload) {
    std::lock_guard lock(mutex);
    taken.push_back(std::move(payload));
    co_return is_kept;
  }
  std::vector<std::string> all_taken() {
    std::lock_guard lock(mutex);
    return taken;
  }
  bool until(const std::function<bool()>& condition) { return wire.wait_until(condition); }
  bool is_connected() const { return socket_mode->state().is_connected; }
  // Whether it has lost a connection and has another.
  bool connects_again(int than = 1) {
    return until([&] { return openings("opened") > than && is_connected(); });
  }

  double openings(const std::string& result) {
    return metrics
        .counter("tocsin_slack_socket_connections_total", "Socket Mode connections that were opened, or were not.",
                 {{"sink", "main"}, {"result", result}})
        .Value();
  }

  std::string token = FakeSlack::kAppToken;
  std::string token_file;
  FakeSlack slack;
  fakes::slack::FakeSocket& wire = slack.socket();
  base::Metrics metrics;
  base::Rng rng{1};
  fakes::IoThread loop;
  std::unique_ptr<net::http::Client> http = net::http::make_client({}, loop.executor());
  Services services{.http = *http, .file_pool = loop.executor()};
  std::mutex mutex;
  std::vector<std::string> taken;
  bool is_kept = true;
  std::shared_ptr<SocketMode> socket_mode;
  std::future<void> running;
};

TEST_F(SlackSocket, AClickIsTakenAndThenAcknowledged) {
  start_and_wait();

  auto id = wire.send_envelope({{"type", "block_actions"}});

  ASSERT_TRUE(until([&] { return !wire.acknowledged().empty(); }));
  EXPECT_THAT(wire.acknowledged(), ElementsAre(id));
  EXPECT_THAT(all_taken(), ElementsAre(R"({"type":"block_actions"})"));
}

TEST_F(SlackSocket, WhatCannotBeKeptIsNotAcknowledged) {
  is_kept = false;
  start_and_wait();

  wire.send_envelope({{"a", 1}});
  auto later = wire.send_envelope({}, "events_api");

  ASSERT_TRUE(until([&] { return !wire.acknowledged().empty(); }));
  EXPECT_THAT(wire.acknowledged(), ElementsAre(later)) << "in order: the first was not";
  EXPECT_THAT(all_taken(), ElementsAre(R"({"a":1})"));
}

TEST_F(SlackSocket, WhatIsNoClickIsAcknowledgedAndNotTaken) {
  start_and_wait();

  auto event = wire.send_envelope({{"event", 1}}, "events_api");
  auto command = wire.send_envelope({{"command", "/x"}}, "slash_commands");

  ASSERT_TRUE(until([&] { return wire.acknowledged().size() == 2; }));
  EXPECT_THAT(wire.acknowledged(), ElementsAre(event, command));
  EXPECT_THAT(all_taken(), IsEmpty());
}

TEST_F(SlackSocket, GarbageIsPassedOver) {
  start_and_wait();

  wire.send("{no json");
  wire.send("[]");
  wire.send(R"({"type":"interactive","envelope_id":"x","payload":"text"})");
  wire.send(R"({"type":"interactive","payload":{}})");
  auto id = wire.send_envelope({{"a", 1}});

  ASSERT_TRUE(until([&] { return !wire.acknowledged().empty(); }));
  EXPECT_THAT(wire.acknowledged(), ElementsAre(id));
  EXPECT_EQ(wire.connections(), 1);
}

TEST_F(SlackSocket, ConnectsAgainWhenItIsCut) {
  start_and_wait();

  wire.cut();

  EXPECT_TRUE(connects_again());
}

TEST_F(SlackSocket, ConnectsAgainWhenSlackAsksForIt) {
  start_and_wait();

  wire.disconnect("warning");
  ASSERT_TRUE(connects_again());
  wire.disconnect("refresh_requested");
  ASSERT_TRUE(connects_again(2));
  wire.disconnect("link_disabled");
  ASSERT_TRUE(connects_again(3));

  EXPECT_TRUE(until([&] { return wire.goodbyes() == 3; }));
}

TEST_F(SlackSocket, AMessageTooLargeEndsTheConnectionOnly) {
  start_and_wait();

  wire.send_envelope({{"text", std::string(600 * 1024, 'x')}});

  EXPECT_TRUE(connects_again());
  EXPECT_THAT(all_taken(), IsEmpty());
}

TEST_F(SlackSocket, ASilentConnectionIsGivenUp) {
  auto impatient = pace();
  impatient.idle = std::chrono::milliseconds(500);
  wire.set_mood(Mood::kDeaf);
  start_and_wait(impatient);
  wire.set_mood(Mood::kWell);

  EXPECT_TRUE(connects_again());
}

TEST_F(SlackSocket, WithoutAHelloItIsGivenUp) {
  for (auto mood : {Mood::kRefusing, Mood::kMute, Mood::kDumb}) {
    auto impatient = pace();
    impatient.open = std::chrono::milliseconds(500);
    wire.set_mood(mood);
    auto before = wire.connections();
    start(impatient);
    ASSERT_TRUE(until([&] { return wire.connections() > before + 1; })) << static_cast<int>(mood);
    EXPECT_FALSE(is_connected());
    stop();
  }
}

TEST_F(SlackSocket, SaysWhatIsWrongWithTheToken) {
  slack.refuse("apps.connections.open", "missing_scope", 1);
  slack.answer_status("apps.connections.open", 500);
  slack.refuse("apps.connections.open", "internal_error", 1);
  auto slow = pace();
  slow.refused = kNever;
  start(slow);

  ASSERT_TRUE(until([&] { return socket_mode->state().detail.find("missing_scope") != std::string::npos; }));
  EXPECT_THAT(socket_mode->state().detail, HasSubstr("connections:write"));
  EXPECT_EQ(openings("refused"), 1);
  EXPECT_EQ(wire.connections(), 0);
  stop();

  start();
  EXPECT_TRUE(until([&] { return is_connected(); })) << "neither of the others ends it";
  EXPECT_EQ(openings("refused"), 1);
  EXPECT_EQ(openings("failed"), 2);
  EXPECT_EQ(openings("opened"), 1);
}

TEST_F(SlackSocket, AWrongTokenIsAskedWithAgainBecauseItsFileMayChange) {
  harness::TempDir directory;
  token_file = directory.write("token", "xapp-revoked");
  start();
  ASSERT_TRUE(until([&] { return openings("refused") >= 2; }));
  EXPECT_THAT(socket_mode->state().detail, HasSubstr("invalid_auth"));

  directory.write("token", FakeSlack::kAppToken);

  EXPECT_TRUE(until([&] { return is_connected(); }));
}

TEST_F(SlackSocket, TooManyConnectionsAreNamedAndNotAskedForSoon) {
  auto slow = pace();
  slow.refused = kNever;
  start_and_wait(slow);

  wire.disconnect("too_many_websockets");

  EXPECT_TRUE(until([&] { return socket_mode->state().detail.find("as many") != std::string::npos; }));
  EXPECT_EQ(wire.connections(), 1);
}

TEST_F(SlackSocket, TheNewConnectionIsInUseBeforeTheOldOneIsLeft) {
  auto lasting = pace();
  lasting.settled = std::chrono::milliseconds(0);
  lasting.between = {.first = kNever, .longest = kNever};
  start_and_wait(lasting);
  wire.set_mood(Mood::kMute);

  wire.disconnect("refresh_requested");
  ASSERT_TRUE(until([&] { return wire.open() == 2; })) << "at once: the one before was a good one";
  auto late = wire.send_envelope_to_oldest({{"came", "over the old one"}});
  ASSERT_TRUE(until([&] { return !wire.acknowledged().empty(); }));

  EXPECT_THAT(wire.acknowledged(), ElementsAre(late));
  EXPECT_TRUE(is_connected());
  EXPECT_EQ(wire.goodbyes(), 0);

  wire.send(fakes::slack::FakeSocket::kHello);
  ASSERT_TRUE(until([&] { return wire.goodbyes() == 1; }));
  auto next = wire.send_envelope({{"came", "over the new one"}});
  ASSERT_TRUE(until([&] { return wire.acknowledged().size() == 2; }));
  EXPECT_THAT(wire.acknowledged(), ElementsAre(late, next));
  EXPECT_EQ(wire.connections(), 2);
  EXPECT_EQ(wire.open(), 1);
}

TEST_F(SlackSocket, AnOldConnectionThatEndsFirstIsMissed) {
  auto lasting = pace();
  lasting.settled = std::chrono::milliseconds(0);
  start_and_wait(lasting);
  wire.set_mood(Mood::kMute);
  wire.disconnect("warning");
  ASSERT_TRUE(until([&] { return wire.open() == 2; }));

  wire.send_to_oldest(std::string(600 * 1024, 'x'));
  EXPECT_TRUE(until([&] { return !is_connected(); }));

  wire.send(fakes::slack::FakeSocket::kHello);
  EXPECT_TRUE(until([&] { return is_connected(); }));
}

TEST_F(SlackSocket, SlackThatAlwaysWantsAnotherIsNotAskedInALoop) {
  auto slow = pace();
  slow.between = {.first = kNever, .longest = kNever};
  start_and_wait(slow);

  wire.disconnect("warning");
  wire.send_envelope({{"a", 1}});

  ASSERT_TRUE(until([&] { return !wire.acknowledged().empty(); })) << "it is still heard";
  EXPECT_EQ(wire.connections(), 1);
  EXPECT_TRUE(is_connected());
}

TEST_F(SlackSocket, NoSecretIsInWhatItSays) {
  wire.set_mood(Mood::kRefusing);
  start();

  ASSERT_TRUE(until([&] { return socket_mode->state().detail.find("403") != std::string::npos; }));
  EXPECT_THAT(socket_mode->state().detail, Not(HasSubstr("ticket")));
}

TEST_F(SlackSocket, ACheckSaysWhetherTheTokenIsGood) {
  auto with = options();
  with.slack_channel = "alerts";
  SlackSink sink(with, services);

  EXPECT_THAT(loop.run(sink.probe(base::in(kNever))).found, Contains(HasSubstr("Socket Mode")));
  slack.refuse("apps.connections.open", "missing_scope", 1);
  auto probe = loop.run(sink.probe(base::in(kNever)));

  EXPECT_THAT(probe.problems, Contains(HasSubstr("connections:write")));
  EXPECT_FALSE(probe.error) << "messages go out without it";
}

TEST_F(SlackSocket, StopSaysGoodbye) {
  start_and_wait();

  stop();

  EXPECT_TRUE(until([&] { return wire.goodbyes() == 1; }));
  EXPECT_FALSE(is_connected());
}

TEST_F(SlackSocket, StopEndsEveryWait) {
  auto patient = pace();
  patient.between = {.first = kNever, .longest = kNever};
  wire.set_mood(Mood::kDumb);
  start(patient);
  ASSERT_TRUE(until([&] { return wire.connections() == 1; }));
  stop();

  wire.set_mood(Mood::kRefusing);
  start(patient);
  ASSERT_TRUE(until([&] { return socket_mode->state().detail.find("403") != std::string::npos; }));
  stop();

  start(patient);
  stop();
}

TEST_F(SlackSocket, StopEndsBothOfTwo) {
  auto lasting = pace();
  lasting.settled = std::chrono::milliseconds(0);
  start_and_wait(lasting);
  wire.set_mood(Mood::kMute);
  wire.disconnect("warning");
  ASSERT_TRUE(until([&] { return wire.open() == 2; }));

  stop();

  EXPECT_TRUE(until([&] { return wire.open() == 0; }));
}

// Slack as it is out there: behind TLS, and reached through a proxy that alone finds it.
struct SecureSlackSocket : SlackSocket {
  static std::shared_ptr<net::http::ServerTls> serve(const fakes::Certificates::Pair& pair, base::Metrics& metrics) {
    return net::http::ServerTls::open({.cert_file = pair.cert_file, .key_file = pair.key_file}, metrics).value();
  }
  Options secure() const {
    auto made = options();
    made.slack_channel = "alerts";
    made.api_url = "https://slack.internal:" + std::to_string(api_front.port()) + "/api/";
    made.access.ca_file = certificates.ca_file();
    made.access.proxy_url = proxy.url();
    return made;
  }
  std::string secure_url() const { return "wss://slack.internal:" + std::to_string(wire_front.port()) + "/link/"; }

  fakes::Certificates certificates;
  std::shared_ptr<net::http::ServerTls> tls = serve(certificates.issue("slack.internal"), metrics);
  fakes::TlsFront api_front{*tls, slack.port()};
  fakes::TlsFront wire_front{*tls, wire.port()};
  fakes::FakeProxy proxy;
};

TEST_F(SecureSlackSocket, GoesThroughTheProxyOfTheSinkAndTrustsItsAuthority) {
  slack.open_sockets_at(secure_url());
  start_and_wait(pace(), secure());

  auto id = wire.send_envelope({{"a", 1}});

  ASSERT_TRUE(until([&] { return !wire.acknowledged().empty(); }));
  EXPECT_THAT(wire.acknowledged(), ElementsAre(id));
  EXPECT_THAT(proxy.requests(),
              ElementsAre(HasSubstr("CONNECT slack.internal:"), HasSubstr("CONNECT slack.internal:")));
}

TEST_F(SecureSlackSocket, TakesNoConnectionWithoutTls) {
  start(pace(), secure());

  EXPECT_TRUE(until([&] { return socket_mode->state().detail.find("without TLS") != std::string::npos; }));
  EXPECT_EQ(wire.connections(), 0);
}

TEST_F(SecureSlackSocket, TheSinkItselfGoesTheSameWay) {
  auto with = secure();
  with.app_token = {};
  SlackSink sink(with, services);
  EXPECT_FALSE(loop.run(sink.probe(base::in(kNever))).error);
  EXPECT_FALSE(proxy.requests().empty());

  with.access.ca_file.clear();
  SlackSink distrustful(with, services);
  EXPECT_THAT(loop.run(distrustful.probe(base::in(kNever))).problems, Contains(HasSubstr("certificate")));
}

}  // namespace
}  // namespace sinks::slack
