// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "net/http/curl_client.h"
#include "schemas/codec/writer.h"
#include "sinks/slack/api.h"
#include "sinks/slack/mrkdwn.h"
#include "tests/fakes/fake_http_server.h"
#include "tests/fakes/io_thread.h"

namespace sinks::slack {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

struct SlackApiTest : testing::Test {
  SlackApiTest() {
    options.api_url = server.url("/api/");
    options.api_key = base::Secret("xoxb-secret");
  }
  ~SlackApiTest() override { loop.run(http->stop()); }

  Failure refused(const json& answer) { return refused(200, answer.dump()); }
  Failure refused(int status, const std::string& body) {
    server.answer_with(status, body);
    Api api(options, *http, clock, "tocsin/test");
    return loop.run(ask(api));
  }
  static base::Task<Failure> ask(Api& api) {
    auto answer = co_await api.call("chat.postMessage", {}, base::in(std::chrono::seconds(60)));
    co_return answer.error();
  }

  fakes::FakeHttpServer server;
  fakes::IoThread loop;
  std::unique_ptr<net::http::Client> http = net::http::make_client({}, loop.executor());
  base::SystemClock clock;
  Options options;
};

TEST_F(SlackApiTest, SaysWhatSlackSaysBesideACode) {
  auto failure = refused({{"ok", false}, {"error", "invalid_blocks"}, {"errors", {"no\n  block", 7, "too long"}}});

  EXPECT_EQ(failure.trouble, Trouble::kContent);
  EXPECT_EQ(failure.error.message, "slack: chat.postMessage: invalid_blocks (no block; too long)");
}

TEST_F(SlackApiTest, LongTextsAreCutBetweenCharacters) {
  for (const char* character : {"é", "€", "🔥"}) {
    std::string text = "x";
    while (text.size() < 5000) text += character;
    auto failure = refused({{"ok", false}, {"error", "invalid_blocks"}, {"needed", text}, {"errors", {text}}});

    EXPECT_TRUE(schemas::codec::is_utf8(failure.error.message)) << failure.error.message;
    EXPECT_THAT(failure.error.message, Not(HasSubstr("\uFFFD")));
    EXPECT_LT(length(failure.error.message), 700u);
    EXPECT_THAT(failure.error.message, HasSubstr("…"));
  }
}

TEST_F(SlackApiTest, WhoeverRepeatsATokenItIsNotRepeatedFurther) {
  // Wherever the text is cut.
  for (std::size_t before = 0; before < 310; before += 3) {
    auto text = std::string(before, 'x') + "Bearer xoxb-secret";
    for (int status : {200, 404, 502}) {
      EXPECT_THAT(refused(status, text).error.message, Not(HasSubstr("xoxb"))) << before;
    }
    auto failure = refused({{"ok", false}, {"error", "invalid_blocks"}, {"needed", text}, {"errors", {text}}});
    EXPECT_THAT(failure.error.message, Not(HasSubstr("xoxb"))) << before;
  }
}

}  // namespace
}  // namespace sinks::slack
