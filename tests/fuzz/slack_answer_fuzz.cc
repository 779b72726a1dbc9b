// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include "sinks/slack/history.h"
#include "tests/fakes/fake_http_client.h"
#include "tests/fuzz/fuzzers.h"

namespace fuzz {

namespace {

using namespace sinks::slack;

constexpr const char* kToken = "xoxb-1-2-secret";

template <class T>
void look_at(const Called<T>& outcome) {
  if (outcome) return;
  const auto& message = outcome.error().error.message;
  expect(message.find(kToken) == std::string::npos, "an error does not tell the token");
}

base::Task<void> ask(Api& api, History& history) {
  auto deadline = base::Deadline::max();
  look_at(co_await history.find("C0123456789", "i1", base::Time{}, base::Time{}, deadline));
  look_at(co_await history.has_reply("C0123456789", "1.0", "d1", deadline));
  look_at(co_await history.channel_id("alerts", deadline));
  look_at(co_await api.upload("https://files.slack.com/upload", "png", deadline));
}

}  // namespace

// What Slack, or whoever stands at api_url, answers.
void slack_answer(std::string_view input) {
  for (int status : {200, 403, 500}) {
    boost::asio::io_context context;
    base::SystemClock clock;
    fakes::FakeHttpClient http;
    http.answer("slack.com", status, std::string(input));
    Options options;
    options.api_key = base::Secret(kToken);
    Api api(options, http, clock, "tocsin");
    History history(api, clock);
    auto done = boost::asio::co_spawn(context, ask(api, history), boost::asio::use_future);
    context.run();
    done.get();
  }
}

}  // namespace fuzz
