// SPDX-License-Identifier: Apache-2.0
#include "playbooks/worker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/strand.hpp>
#include <future>

#include "tests/unit/playbooks/running_worker.h"

using fakes::alert;
using fakes::resolved;
using fakes::RunningWorker;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

namespace {

const schemas::Alert kCrash =
    alert({{"alertname", "Crash"}, {"namespace", "shop"}, {"pod", "api-1"}}, {{"summary", "api-1 crashes"}});

std::string playbook(const std::string& actions, const std::string& more = "", const std::string& trigger = "{}") {
  return "- {triggers: [on_prometheus_alert: " + trigger + "], actions: [" + actions + "]" +
         (more.empty() ? "" : ", " + more) + "}\n";
}
std::string config(const std::string& playbooks, const std::string& more = "") {
  return more + "\nactive_playbooks:\n" + playbooks;
}

std::vector<std::string> evidence(const schemas::Finding& finding) {
  std::vector<std::string> titles;
  for (const auto& enrichment : finding.enrichments) titles.push_back(enrichment.title);
  return titles;
}
std::vector<std::string> missing(const schemas::Finding& finding) {
  std::vector<std::string> all;
  for (const auto& one : finding.missing) all.push_back(one.action + ": " + one.reason);
  return all;
}

TEST(Worker, TellsWhatAnAlertSaysOfItself) {
  RunningWorker worker(config(playbook("note: {}")));
  auto said = alert({{"alertname", "Crash"}, {"namespace", "shop"}, {"pod", "api-1"}, {"severity", "critical"}},
                    {{"summary", "api-1 crashes"},
                     {"description", "It does.\n LABELS = map[a:b]"},
                     {"runbook_url", "https://runbooks/crash"}});

  worker.send(said);

  ASSERT_THAT(worker.findings(), SizeIs(1));
  auto finding = worker.last();
  EXPECT_EQ(finding.title, "api-1 crashes");
  EXPECT_EQ(finding.description, "It does.");
  EXPECT_EQ(finding.severity, schemas::Severity::kCritical);
  EXPECT_EQ(finding.aggregation_key, "Crash");
  EXPECT_EQ(finding.fingerprint, said.fingerprint);
  EXPECT_EQ(finding.subject.kind, "pod");
  EXPECT_EQ(finding.subject.name, "api-1");
  EXPECT_EQ(finding.incident.name_space, "shop");
  EXPECT_EQ(finding.links, (std::vector<schemas::Link>{{"Runbook", "https://runbooks/crash"}}));
  EXPECT_EQ(worker.stage.emitted[0].key, finding.incident.key);
  EXPECT_THAT(finding.sinks, IsEmpty());
  EXPECT_EQ(finding.starts_at, fakes::kStart);
}

TEST(Worker, TakesTheSameEventWithinTheWindowForTheSame) {
  RunningWorker worker(config(playbook("note: {}")));

  worker.send(kCrash);
  worker.advance(seconds(60));
  worker.send(kCrash);

  EXPECT_THAT(worker.findings(), SizeIs(1));
  EXPECT_EQ(worker.counted("events/duplicate"), 1);
}

TEST(Worker, TakesTheSameEventAfterTheWindowForARepeatThatRunsNothing) {
  RunningWorker worker(config(playbook("note: {title: changed}", "sinks: [team]")));

  worker.send(kCrash);
  worker.advance(seconds(61));
  auto fresh = kCrash;
  fresh.annotations["description"] = "for an hour now";
  worker.send(fresh);

  ASSERT_THAT(worker.findings(), SizeIs(2));
  auto first = worker.findings()[0];
  auto repeat = worker.findings()[1];
  EXPECT_TRUE(repeat.repeat);
  EXPECT_THAT(repeat.enrichments, IsEmpty());
  EXPECT_EQ(repeat.incident, first.incident);
  EXPECT_EQ(repeat.title, "changed");
  EXPECT_EQ(repeat.description, "for an hour now");
  EXPECT_EQ(repeat.sinks, first.sinks);
  EXPECT_EQ(repeat.event_id, first.event_id);
  EXPECT_NE(repeat.id, first.id);
}

TEST(Worker, RunsEveryMatchingPlaybookUntilOneStops) {
  RunningWorker worker(config(playbook("note: {text: a}") + playbook("note: {text: other}", "", "{alert_name: Other}") +
                              playbook("note: {text: b}", "stop: true") + playbook("note: {text: c}")));

  worker.send(kCrash);

  EXPECT_THAT(evidence(worker.last()), ElementsAre("a", "b"));
}

TEST(Worker, SilencesAndCountsByWhom) {
  RunningWorker worker(config(playbook("note: {}, silence: {text: x}", "name: Rule") + playbook("note: {}")));

  worker.send(kCrash);

  EXPECT_THAT(worker.findings(), IsEmpty());
  EXPECT_EQ(worker.counted("events/silenced/Rule"), 1);
  ASSERT_THAT(worker.traces(), SizeIs(1));
  EXPECT_EQ(worker.traces()[0].outcome, "silenced");
  EXPECT_EQ(worker.traces()[0].rule, "Rule");
}

TEST(Worker, CountsWhatNothingMatchesAndSaysWhy) {
  RunningWorker worker(
      config(playbook("note: {}", "name: Near", "{namespace_prefix: sh, alert_name: Crash, pod_name_prefix: w}")));

  worker.send(kCrash);

  EXPECT_EQ(worker.counted("events/matched_nothing"), 1);
  ASSERT_THAT(worker.traces(), SizeIs(1));
  ASSERT_THAT(worker.traces()[0].steps, SizeIs(1));
  EXPECT_EQ(worker.traces()[0].steps[0].rule, "Near");
  EXPECT_EQ(worker.traces()[0].steps[0].detail, "label pod does not begin with w");
}

TEST(Worker, SaysWhatIsMissingAndWhy) {
  RunningWorker worker(config(playbook("note: {text: a}, fail: {text: prometheus}, throw: {}, note: {text: b}")));

  worker.send(kCrash);

  EXPECT_THAT(evidence(worker.last()), ElementsAre("a", "b"));
  EXPECT_THAT(missing(worker.last()), ElementsAre("fail: unreachable", "throw: internal"));
  EXPECT_EQ(worker.last().missing[0].message, "no route to prometheus");
}

TEST(Worker, CutsOffActionsThatAreLate) {
  RunningWorker worker(config(
      playbook("note: {text: a}, hang: {}, deaf: {}, note: {text: b}, silence: {text: x}", "", "{status: firing}"),
      "playbooks: {action_deadline: 0.1}"));

  worker.send(resolved(kCrash));
  worker.replace(
      config(playbook("note: {text: a}, hang: {}, deaf: {}, note: {text: b}"), "playbooks: {action_deadline: 0.1}"));
  worker.send(kCrash);

  EXPECT_THAT(evidence(worker.last()), ElementsAre("a", "b"));
  EXPECT_THAT(missing(worker.last()), ElementsAre("hang: timeout", "deaf: timeout"));
}

TEST(Worker, TellsByTheEventsDeadlineWhateverIsLeftToRun) {
  RunningWorker worker(config(playbook("hang: {}, fail: {}, silence: {text: x}, hang: {}"),
                              "playbooks: {action_deadline: 0.3, event_deadline: 0.1}"));

  worker.send(kCrash);

  EXPECT_THAT(worker.last().missing, Contains(Field(&schemas::Missing::reason, "timeout")));
  EXPECT_THAT(missing(worker.last()), Contains("silence: timeout"));
}

TEST(Worker, LimitsAPlaybookForItsSubjectAndForNoOther) {
  RunningWorker worker(
      config(playbook("note: {text: limited}", "name: L, rate_limit: 1h") + playbook("note: {text: always}")));
  auto second = alert({{"alertname", "Crash"}, {"namespace", "shop"}, {"pod", "api-1"}, {"container", "b"}});
  auto elsewhere = alert({{"alertname", "Crash"}, {"namespace", "shop"}, {"pod", "web-1"}});

  worker.send(kCrash);
  worker.send(second);
  EXPECT_THAT(evidence(worker.last()), ElementsAre("always"));
  worker.send(elsewhere);
  EXPECT_THAT(evidence(worker.last()), ElementsAre("limited", "always"));
  worker.advance(minutes(60));
  second.starts_at += minutes(60);
  worker.send(second);
  EXPECT_THAT(evidence(worker.last()), ElementsAre("limited", "always"));
}

TEST(Worker, CountsWhatOnlyLimitedPlaybooksMatch) {
  RunningWorker worker(config(playbook("note: {}", "name: L, rate_limit: 1h")));

  worker.send(kCrash);
  worker.send(alert({{"alertname", "Crash"}, {"namespace", "shop"}, {"pod", "api-1"}, {"container", "b"}}));

  EXPECT_THAT(worker.findings(), SizeIs(1));
  EXPECT_EQ(worker.counted("events/limited/L"), 1);
}

TEST(Worker, DoesNotSpendALimitOnAFailure) {
  RunningWorker worker(config(playbook("fail: {}", "rate_limit: 1h")));

  worker.send(kCrash);
  worker.send(alert({{"alertname", "Crash"}, {"namespace", "shop"}, {"pod", "api-1"}, {"container", "b"}}));

  EXPECT_THAT(worker.findings(), SizeIs(2));
}

TEST(Worker, GivesTheLimitBackWhenTheAlertResolves) {
  RunningWorker worker(config(playbook("note: {}", "rate_limit: 1h")));
  auto again = kCrash;
  again.starts_at += minutes(2);

  worker.send(kCrash);
  worker.send(resolved(kCrash, minutes(1)));
  worker.send(again);

  ASSERT_THAT(worker.findings(), SizeIs(3));
  EXPECT_THAT(evidence(worker.last()), SizeIs(1));
}

TEST(Worker, TellsTheEndOfWhatWasToldWhateverThePlaybooksSay) {
  RunningWorker worker(config(playbook("note: {aggregation_key: own, title: Own}", "sinks: [team]")));
  worker.send(kCrash);

  worker.replace(config(playbook("silence: {text: all}", "", "{status: all}")));
  worker.advance(minutes(10));
  worker.send(resolved(kCrash));

  ASSERT_THAT(worker.findings(), SizeIs(2));
  EXPECT_EQ(worker.last().state, schemas::FindingState::kResolved);
  EXPECT_EQ(worker.last().incident, worker.findings()[0].incident);
  EXPECT_EQ(worker.last().incident.family, "own");
  EXPECT_EQ(worker.last().title, "Own");
  EXPECT_THAT(worker.last().sinks, Contains("team"));
}

TEST(Worker, TakesAnEndThatItNeverSawBeginLikeAnyEvent) {
  RunningWorker worker(config(playbook("note: {}")));
  worker.send(resolved(kCrash));
  EXPECT_EQ(worker.counted("events/matched_nothing"), 1);

  worker.replace(config(playbook("note: {}", "", "{status: all}")));
  auto other = alert({{"alertname", "Other"}});
  worker.send(resolved(other));

  ASSERT_THAT(worker.findings(), SizeIs(1));
  EXPECT_EQ(worker.last().state, schemas::FindingState::kResolved);
}

TEST(Worker, TakesASecondNoticeOfAnEndForTheSameWithAnotherEndTime) {
  RunningWorker worker(config(playbook("note: {}", "", "{status: all}")));

  worker.send(kCrash);
  worker.send(resolved(kCrash, minutes(5)));
  worker.send(resolved(kCrash, minutes(6)));

  EXPECT_THAT(worker.findings(), SizeIs(2));
  EXPECT_EQ(worker.counted("events/duplicate"), 1);
}

TEST(Worker, TellsAnAlertAnewThatFiresAgain) {
  RunningWorker worker(config(playbook("note: {}", "", "{status: all}")));
  auto again = kCrash;
  again.starts_at += minutes(10);

  worker.send(kCrash);
  worker.send(resolved(kCrash));
  worker.send(again);

  ASSERT_THAT(worker.findings(), SizeIs(3));
  EXPECT_FALSE(worker.last().repeat);
  EXPECT_EQ(worker.last().incident, worker.findings()[0].incident);
}

TEST(Worker, AddsTheDefaultSinksWhereAMatchingPlaybookNamesNone) {
  RunningWorker worker(config(playbook("note: {}", "sinks: [team]", "{alert_name: Crash}") +
                              playbook("note: {}", "sinks: [team, boss]", "{alert_name: Crash}") +
                              playbook("note: {text: b}", "", "{pod_name_prefix: api}")));

  worker.send(kCrash);

  EXPECT_THAT(worker.last().sinks, ElementsAre("team", "boss", std::string(schemas::kDefaultSinks)));
}

TEST(Worker, LeavesOutDefaultEvidenceThatAPlaybookOfTheUserBrought) {
  RunningWorker worker(R"(
customPlaybooks:
- triggers: [on_prometheus_alert: {}]
  actions: [default_enricher: {alert_annotations_enrichment: true}]
)");

  worker.send(kCrash);

  int labels = 0;
  for (const auto& enrichment : worker.last().enrichments) labels += enrichment.type == "alert_labels" ? 1 : 0;
  EXPECT_EQ(labels, 1);
  EXPECT_THAT(worker.last().trace, Contains(Field(&schemas::TraceStep::outcome, "left_out")));
}

TEST(Worker, DeadLettersWhatIsNoAlert) {
  RunningWorker worker(config(playbook("note: {}")));

  EXPECT_FALSE(worker.stage.handle("events", "key", "nonsense").has_value());
  schemas::Event tick;
  tick.id = "x";
  tick.source = "schedule";
  tick.cluster = "test";
  tick.subject = "x";
  EXPECT_FALSE(worker.stage.handle("events", "x", schemas::encode(tick)).has_value());

  std::int64_t given_up = 0;
  for (const auto& [counter, count] : worker.stage.counters) {
    if (counter.starts_with("events/dead_lettered/")) given_up += count;
  }
  EXPECT_EQ(given_up, 2);
}

TEST(Worker, DoesTheSameAgainAfterACrashBeforeTheCommit) {
  RunningWorker worker(config(playbook("note: {}", "rate_limit: 1h")));

  worker.stage.crash_next();
  worker.send(kCrash);

  ASSERT_THAT(worker.findings(), SizeIs(1));
  EXPECT_THAT(evidence(worker.last()), SizeIs(1));
}

TEST(Worker, ForgetsWhatIsOver) {
  RunningWorker worker(config(playbook("note: {}", "rate_limit: 1h")));

  worker.send(kCrash);
  worker.send(alert({{"alertname", "Other"}}));
  worker.send(resolved(kCrash));
  worker.advance(minutes(2));
  EXPECT_EQ(worker.stage.state_size(), 2u);
  worker.advance(std::chrono::hours(24 * 7));

  EXPECT_EQ(worker.stage.state_size(), 0u);
}

TEST(Worker, BoundsTheTrace) {
  std::string many;
  for (int i = 0; i < 300; ++i) many += playbook("", "", "{alert_name: Crash, pod_name_prefix: none}");
  RunningWorker worker(config(many + playbook("note: {}")));

  worker.send(kCrash);

  EXPECT_LE(worker.last().trace.size(), 200u);
  EXPECT_THAT(evidence(worker.last()), SizeIs(1));
}

TEST(Worker, EndsItsActionsWhenItsTaskIsCancelled) {
  fakes::IoThread threads;
  base::Metrics metrics;
  auto loaded = fakes::load(config(playbook("hang: {}")));
  playbooks::Worker worker(loaded.playbooks, metrics, threads.executor());
  auto event = fakes::event(kCrash);
  bus::Record record{"events", 0, 0, fakes::kStart, event.subject, schemas::encode(event), 1};
  fakes::FakeTransaction txn(event.subject, fakes::kStart);
  boost::asio::cancellation_signal stop;
  std::promise<void> ended;

  auto strand = boost::asio::make_strand(threads.executor());
  boost::asio::co_spawn(
      strand,
      [](playbooks::Worker* on, bus::Record given, bus::Transaction* into) -> base::Task<void> {
        auto result = co_await on->on_record(given, *into);
        EXPECT_FALSE(result.has_value());
        EXPECT_FALSE(result.error().retry.is_never());
      }(&worker, record, &txn),
      boost::asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr) { ended.set_value(); }));
  boost::asio::post(strand, [&] { stop.emit(boost::asio::cancellation_type::terminal); });

  ended.get_future().get();
  EXPECT_THAT(txn.emitted, IsEmpty());
  threads.run(worker.stop());
}

}  // namespace
