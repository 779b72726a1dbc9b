// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "sinks/slack/click.h"

namespace sinks::slack {
namespace {

namespace fs = std::filesystem;
using schemas::CommandAction;

const base::Time kNow{std::chrono::seconds(1'767'323'060)};

std::string fixture(const std::string& name) {
  std::ifstream file(fs::path(TOCSIN_SOURCE_DIR) / "tests/fuzz/corpus/slack_click" / (name + ".json"));
  EXPECT_TRUE(file.good()) << name;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string outcome_of(const std::string& payload) {
  auto read = read_click(payload, kNow);
  auto* heard = std::get_if<Heard>(&read);
  return heard != nullptr ? std::string(heard->outcome) : "accepted";
}

TEST(SlackClick, ReadsWhoAsksWhatOfWhichIncident) {
  auto read = read_click(fixture("silence-4-hours"), kNow);
  ASSERT_TRUE(std::holds_alternative<Click>(read));

  const auto& click = std::get<Click>(read);
  EXPECT_EQ(click.team, "T1");
  EXPECT_EQ(click.command.action, CommandAction::kSilence);
  EXPECT_EQ(click.command.hours, 4);
  EXPECT_EQ(click.command.sink, "main");
  EXPECT_EQ(click.command.incident_key, "k1");
  EXPECT_EQ(click.command.incident_id, "i1");
  EXPECT_EQ(click.command.by, "<@U1>");
  EXPECT_EQ(click.command.by_name, "ann");
  EXPECT_EQ(click.command.at, kNow);
}

TEST(SlackClick, IsTheSameWhenItIsSentAgainAndAnotherWhenItIsPressedAgain) {
  auto id_of = [](const std::string& payload, base::Time at) {
    return std::get<Click>(read_click(payload, at)).command.id;
  };
  auto payload = fixture("acknowledge");
  auto pressed_again = payload;
  pressed_again.replace(pressed_again.find("1767323060.1"), 12, "1767323061.2");

  EXPECT_EQ(id_of(payload, kNow), id_of(payload, kNow + std::chrono::seconds(3)));
  EXPECT_NE(id_of(payload, kNow), id_of(pressed_again, kNow));
}

TEST(SlackClick, EveryMistakeOfAPayloadHasItsOutcome) {
  std::map<std::string, std::string> other = {
      {"bad-unknown-action", "unknown_action"},        {"bad-silence-of-5-hours", "unknown_action"},
      {"bad-silence-without-hours", "unknown_action"}, {"bad-silence-of-minus-1", "unknown_action"},
      {"bad-actions-that-are-text", "unknown_action"}, {"link", "nothing_asked"}};
  int seen = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(TOCSIN_SOURCE_DIR) / "tests/fuzz/corpus/slack_click")) {
    auto name = entry.path().stem().string();
    auto expected = other.contains(name) ? other[name] : name.starts_with("bad-") ? "unreadable" : "accepted";
    EXPECT_EQ(outcome_of(fixture(name)), expected) << name;
    ++seen;
  }
  EXPECT_GT(seen, 20);
}

TEST(SlackClick, AButtonThatWouldBeTooLongIsNone) {
  EXPECT_EQ(encode(ButtonValue{"main", std::string(2000, 'k'), "i"}), "");
  EXPECT_EQ(encode(ButtonValue{"main", "k", "i"}), R"({"i":"i","k":"k","s":"main"})");
}

struct Signed {
  std::string timestamp = "1700000000";
  std::string body = "payload=%7B%7D";
  // Made by another program than ours: printf 'v0:...' | openssl dgst -sha256 -hmac topsecret.
  std::string signature = "v0=7b94d8ba3369cc108442dacd81f2ab935d04f81a8468fa2b53a8c78d26b591c5";
  std::chrono::seconds now{1'700'000'000};

  Origin judge() const {
    net::http::Headers headers = {{"x-slack-request-timestamp", timestamp}, {"X-Slack-Signature", signature}};
    return judge_signature(headers, body, "topsecret", base::Time(now));
  }
};

TEST(SlackSignature, IsThatOfSlacksOwnForm) { EXPECT_EQ(Signed{}.judge(), Origin::kOurs); }

TEST(SlackSignature, AnotherBodyTimeOrSecretIsForged) {
  EXPECT_EQ(Signed{.body = "payload=%7B%7E"}.judge(), Origin::kForged);
  EXPECT_EQ(Signed{.timestamp = "1700000001"}.judge(), Origin::kForged);
  EXPECT_EQ(Signed{.signature = "v0=" + std::string(64, '0')}.judge(), Origin::kForged);
  EXPECT_EQ(Signed{.signature = "v0="}.judge(), Origin::kUnsigned);
  EXPECT_EQ(judge_signature({{"X-Slack-Request-Timestamp", "1700000000"}, {"X-Slack-Signature", Signed{}.signature}},
                            Signed{}.body, "another", base::Time(std::chrono::seconds(1'700'000'000))),
            Origin::kForged);
}

TEST(SlackSignature, CountsForFiveMinutesBeforeAndAfter) {
  for (int seconds : {-300, 0, 300}) {
    EXPECT_EQ((Signed{.now = std::chrono::seconds(1'700'000'000 + seconds)}.judge()), Origin::kOurs) << seconds;
  }
  for (int seconds : {-301, 301}) {
    EXPECT_EQ((Signed{.now = std::chrono::seconds(1'700'000'000 + seconds)}.judge()), Origin::kStale) << seconds;
  }
}

TEST(SlackSignature, WithoutOneOrWithSeveralItIsUnsigned) {
  EXPECT_EQ(Signed{.timestamp = ""}.judge(), Origin::kUnsigned);
  EXPECT_EQ(Signed{.timestamp = "soon"}.judge(), Origin::kUnsigned);
  EXPECT_EQ(Signed{.timestamp = "-1700000000"}.judge(), Origin::kUnsigned);
  EXPECT_EQ(Signed{.timestamp = "99999999999999999999"}.judge(), Origin::kUnsigned);
  EXPECT_EQ(Signed{.signature = ""}.judge(), Origin::kUnsigned);
  Signed good;
  net::http::Headers twice = {{"X-Slack-Request-Timestamp", good.timestamp},
                              {"X-Slack-Signature", good.signature},
                              {"x-slack-signature", good.signature}};
  EXPECT_EQ(judge_signature(twice, good.body, "topsecret", base::Time(good.now)), Origin::kUnsigned);
}

}  // namespace
}  // namespace sinks::slack
