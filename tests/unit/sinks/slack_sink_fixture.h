// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "net/http/curl_client.h"
#include "sinks/slack/slack_sink.h"
#include "tests/fakes/io_thread.h"
#include "tests/fakes/slack/fake_slack.h"

namespace sinks::slack {

// A Slack sink with a workspace of its own, and one incident's deliveries to it.
struct SlackSinkTest : testing::Test {
  SlackSinkTest() {
    options.name = "main";
    options.slack_channel = "alerts";
    options.api_key = base::Secret(fakes::slack::FakeSlack::kToken);
    options.api_url = slack.api_url();
    options.webhook_url = {};
    delivery.id = "d1";
    delivery.sink = "main";
    delivery.opening = true;
    delivery.created = clock.now();
    auto& transition = delivery.transition;
    transition.id = "t1";
    transition.state = schemas::TransitionState::kOpened;
    transition.cause = "first_finding";
    transition.at = clock.now();
    transition.incident.id = "i1";
    transition.incident.title = transition.finding.title = "Pod web-1 restarts";
    transition.incident.opened = transition.incident.last_seen = clock.now();
    transition.incident.count = 1;
  }
  ~SlackSinkTest() override {
    sink.reset();
    loop.run(http->stop());
    EXPECT_THAT(slack.problems(), testing::IsEmpty());
    EXPECT_EQ(slack.inside_a_wait(), 0);
  }

  void add_graph(const std::string& title = "Memory") {
    delivery.transition.finding.enrichments = {
        {"graph", "", "", {schemas::ChartBlock{{.title = title, .to = base::Time(std::chrono::hours(1))}}}}};
  }
  void next(schemas::TransitionState state, const std::string& cause) {
    auto number = std::to_string(++transitions);
    delivery.id = "d" + number;
    delivery.transition.id = "t" + number;
    delivery.opening = false;
    delivery.transition.state = state;
    delivery.transition.cause = cause;
    delivery.transition.finding.repeat = cause == "repeat";
    bool over = state == schemas::TransitionState::kResolved;
    delivery.transition.finding.state = over ? schemas::FindingState::kResolved : schemas::FindingState::kFiring;
    delivery.transition.incident.open = !over;
    if (over) delivery.transition.incident.resolved = clock.now();
    ++delivery.transition.incident.count;
  }

  static base::Task<std::optional<base::Result<Reply>>> keep(SlackSink& sink, Sending& sending) {
    co_return co_await sink.send(sending);
  }
  // One attempt by this process, or the first of one that takes over.
  base::Result<Reply> send(bool takes_over = false) {
    if (takes_over) sink.reset();
    if (!sink) sink = std::make_unique<SlackSink>(options, services);
    Sending sending{.delivery = delivery,
                    .rendered = sink->render(delivery).value(),
                    .deadline = base::in(timeout),
                    .note = note,
                    .maybe_sent = takes_over,
                    .owned_since = takes_over ? clock.now() : base::Time::min(),
                    .lane = sink->lane(delivery)};
    auto reply = loop.run(keep(*sink, sending));
    note = sending.note;
    limited = sending.limited;
    return *reply;
  }
  std::string message() {
    auto sent = send();
    return sent ? sent.value().detail : "failed: " + sent.error().message;
  }
  std::string shown(std::size_t top = 0) { return slack.tops().at(top).content.dump(); }
  Probe probe() {
    sink = std::make_unique<SlackSink>(options, services);
    return loop.run(sink->probe(base::in(std::chrono::seconds(10))));
  }

  fakes::slack::FakeSlack slack;
  base::SystemClock clock;
  fakes::IoThread loop;
  std::unique_ptr<net::http::Client> http = net::http::make_client({}, loop.executor());
  Services services{.http = *http, .file_pool = loop.executor(), .clock = clock};
  Options options;
  Limited limited = Limited::kSink;
  schemas::Delivery delivery;
  std::string note;
  std::unique_ptr<SlackSink> sink;
  std::chrono::seconds timeout{15};
  int transitions = 1;
};

}  // namespace sinks::slack
