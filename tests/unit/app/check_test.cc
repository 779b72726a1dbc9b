// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "app/verbs/verbs.h"
#include "tests/fakes/slack/fake_slack.h"

namespace {

using fakes::slack::FakeSlack;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

// How `tocsin check` ends, and what it prints.
struct Ended {
  int code = 0;
  std::string out;
};

class Check : public testing::Test {
 protected:
  ~Check() override { std::filesystem::remove(path_); }

  Ended check(const std::string& config, bool online = false) const {
    std::ofstream(path_) << config;
    testing::internal::CaptureStdout();
    Ended ended{app::verbs::check({.config = path_, .online = online}), {}};
    ended.out = testing::internal::GetCapturedStdout();
    return ended;
  }
  static std::string slack_sink(const FakeSlack& slack) {
    return "  - slack_sink: {name: chat, slack_channel: alerts, api_key: " + std::string(FakeSlack::kToken) +
           ", api_url: '" + slack.api_url() + "'}\n";
  }

  const std::string path_ =
      (std::filesystem::temp_directory_path() / ("tocsin-check-" + std::to_string(::getpid()) + ".yaml")).string();
};

constexpr const char* kPlaybook = R"(customPlaybooks:
  - triggers: [on_prometheus_alert: {}]
    actions: [default_enricher: {}]
)";

TEST_F(Check, TellsTheUsersPlaybooksFromThoseBuiltIn) {
  auto ended = check(std::string(kPlaybook) + "sinksConfig:\n  - file_sink: {name: a}\n");

  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(ended.out, path_ + ": ok, 1 playbook and 2 built in, 1 sink, 0 warnings\n");
}

TEST_F(Check, CountsOneWarning) {
  auto ended = check("disabledPlaybooks: [CommonPrometheusAlertsSilencer]\n");

  EXPECT_EQ(ended.code, 0);
  EXPECT_THAT(ended.out, EndsWith(": ok, 0 playbooks and 1 built in, 0 sinks, 1 warning\n"));
}

TEST_F(Check, SaysThatRenderedPlaybooksAreAllThatRuns) {
  auto ended = check(std::string(kPlaybook) + "active_playbooks: []\n");

  EXPECT_EQ(ended.code, 0);
  EXPECT_THAT(ended.out, HasSubstr(":2:3: warning: customPlaybooks has no effect beside active_playbooks"));
}

TEST_F(Check, DoesNotSayOkWhenASinkRefuses) {
  FakeSlack slack;
  slack.set_token("xoxb-another");

  auto ended = check("sinksConfig:\n" + slack_sink(slack), true);

  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.out, HasSubstr("sink chat: problem: "));
  EXPECT_THAT(ended.out, Not(HasSubstr(": ok")));
  EXPECT_THAT(ended.out, HasSubstr(path_ + ": failed online, 0 playbooks and 2 built in, 1 sink, 1 warning\n"));
}

TEST_F(Check, SaysWhichSinksCanNotBeAsked) {
  auto ended = check("sinksConfig:\n  - webhook_sink: {name: a, url: 'http://127.0.0.1:1/'}\n", true);

  EXPECT_EQ(ended.code, 0);
  EXPECT_THAT(ended.out, HasSubstr("sink a: not asked, its kind can't be\n"));
}

}  // namespace
