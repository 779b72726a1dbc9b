// SPDX-License-Identifier: Apache-2.0
#include "sinks/grouping/grouping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "base/task_group.h"
#include "base/yaml/parse.h"
#include "schemas/topics.h"
#include "sinks/delivery/group_worker.h"
#include "sinks/delivery/stage.h"
#include "sinks/delivery/worker.h"
#include "tests/fakes/fake_log.h"

namespace sinks {
namespace {

using base::Reason;
using schemas::Severity;
using schemas::TransitionState;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const base::Time kNow = base::Time(hours(24 * 20'000));

struct Told {
  std::string incident;
  std::string cause;
  bool opening = false;
  std::string title;
  std::string thread;
  std::string note;  // Before.
  std::vector<std::vector<std::string>> rows = {};
};

// Notes what it sent first, as a chat notes a message.
class Chat final : public Sink {
 public:
  Chat(std::vector<Told>& told, bool edits) : told_(told), edits_(edits) {}
  base::Result<Rendered> render(const schemas::Delivery& delivery) const override {
    return Rendered{.body = delivery.transition.finding.title, .idempotency_key = delivery.id};
  }
  bool edits() const override { return edits_; }
  std::string thread_of(const std::string& note) const override { return edits_ ? note : ""; }
  base::Task<base::Result<Reply>> send(Sending& sending) override {
    ++attempts;
    if (refuse) co_return *refuse;
    const auto& transition = sending.delivery.transition;
    Told told{transition.incident.id,   transition.cause,        sending.delivery.opening,
              transition.finding.title, sending.delivery.thread, sending.note};
    for (const auto& enrichment : transition.finding.enrichments) {
      if (enrichment.type == "summary") told.rows = std::get<schemas::TableBlock>(enrichment.blocks.at(0)).rows;
    }
    told_.push_back(std::move(told));
    if (sending.note.empty()) sending.note = "message " + std::to_string(++messages_);
    co_return Reply{.detail = "ok"};
  }

  std::optional<base::Error> refuse;
  int attempts = 0;

 private:
  std::vector<Told>& told_;
  const bool edits_;
  int messages_ = 0;
};

Grouping read(const std::string& yaml, std::vector<std::string>* complaints = nullptr) {
  base::yaml::Problems problems;
  auto none = [](const std::string&) { return std::optional<std::string>(); };
  auto node = base::yaml::parse(yaml, none, problems);
  auto grouping = Grouping::read(grouping_options().read(node, problems), problems);
  for (const auto& problem : problems.sorted()) {
    if (complaints) complaints->push_back(problem.message);
  }
  EXPECT_TRUE(complaints || problems.sorted().empty()) << yaml;
  return grouping;
}

struct GroupingTest : testing::Test {
  ~GroupingTest() override {
    if (!worker) return;
    base::TaskGroup stopping(log->executor());
    stopping.spawn(worker->stop());
    log->run();
  }
  void make(const std::string& yaml, bool edits = true, std::string fallback = {}) {
    auto made = std::make_unique<Chat>(told, edits);
    chat = made.get();
    DeliveryOptions options{.sink = "chat", .fallback = std::move(fallback), .grouping = read(yaml)};
    options.retry.retry_for = hours(1);
    worker = std::make_unique<DeliveryWorker>(options, std::move(made),
                                              DeliveryDeps{clock, rng, metrics, health, log->executor()});
    groups = std::make_unique<GroupWorker>(*options.grouping, worker->sender());
    log->add(DeliveryWorker::spec("chat"), *worker);
    log->add(GroupWorker::spec("chat"), *groups);
    log->on_append = [this](const bus::Record& record) {
      if (record.topic == bus::kDeadLetters) letters.push_back(bus::decode_dead_letter(record.value).value());
      if (record.topic != schemas::topics::kReceipts) return;
      auto receipt = schemas::decode_receipt(record.value).value();
      EXPECT_EQ(record.key, "key-" + receipt.incident_id);
      ++ends[receipt.delivery_id];
    };
  }
  struct Kind {
    TransitionState state = TransitionState::kOpened;
    std::string cause = "first_finding";
    std::string alert = "Wrong";
    std::string name_space = "shop";
    Severity severity = Severity::kHigh;
  };
  void deliver(const std::string& incident, Kind kind) {
    schemas::Delivery delivery{.id = "d" + std::to_string(++made_), .sink = "chat", .created = clock.now()};
    delivery.opening = kind.state == TransitionState::kOpened;
    auto& transition = delivery.transition;
    transition.id = "t" + std::to_string(made_);
    transition.state = kind.state;
    transition.cause = kind.cause;
    transition.at = clock.now();
    transition.incident.id = incident;
    transition.incident.identity = {
        .key = "key-" + incident, .cluster = "prod", .owner_kind = "deployment", .owner_name = incident};
    transition.incident.severity = kind.severity;
    transition.incident.open = kind.state != TransitionState::kResolved;
    transition.finding.incident = transition.incident.identity;
    transition.finding.title = incident;
    transition.finding.aggregation_key = kind.alert;
    transition.finding.subject.name_space = kind.name_space;
    log->append("deliveries.chat", "key-" + incident, schemas::encode(delivery));
    log->run();
  }
  void resolve(const std::string& incident) { resolve(incident, Kind()); }
  void resolve(const std::string& incident, Kind kind) {
    kind.state = TransitionState::kResolved;
    kind.cause = "last_member_resolved";
    deliver(incident, kind);
  }
  std::vector<Told> summaries() const {
    std::vector<Told> found;
    for (const auto& one : told) {
      if (one.cause == kSummaryCause) found.push_back(one);
    }
    return found;
  }
  std::vector<std::string> incidents() const {
    std::vector<std::string> found;
    for (const auto& one : told) {
      if (one.cause != kSummaryCause) found.push_back(one.incident);
    }
    return found;
  }
  void expect_all_accounted_for() {
    EXPECT_EQ(log->counted("deliveries/"), made_);
    EXPECT_EQ(ends.size(), static_cast<std::size_t>(made_));
    for (const auto& [id, times] : ends) EXPECT_EQ(times, 1) << id;
    EXPECT_EQ(log->entries("group.chat", kGatheredTable), 0u);
  }

  base::ManualClock clock{kNow};
  base::Rng rng{7};
  base::Metrics metrics;
  HealthBoard health;
  std::vector<Told> told;
  std::map<std::string, int> ends;
  std::vector<bus::DeadLetter> letters;
  std::unique_ptr<fakes::FakeLog> log = std::make_unique<fakes::FakeLog>(clock);
  Chat* chat = nullptr;
  std::unique_ptr<DeliveryWorker> worker;
  std::unique_ptr<GroupWorker> groups;
  int made_ = 0;
};

constexpr const char* kCounted = R"(
group_by: [namespace]
interval: 900
notification_mode: {summary: {threaded: false, by: [identifier]}}
)";

TEST_F(GroupingTest, CountsAGroupInOneMessageThatIsEdited) {
  make(kCounted);
  for (int i = 0; i < 30; ++i) deliver("a" + std::to_string(i), {});
  deliver("b", {.alert = "Down", .severity = Severity::kCritical});
  log->advance(minutes(1));
  for (int i = 0; i < 10; ++i) resolve("a" + std::to_string(i));
  log->advance(minutes(1));

  EXPECT_THAT(incidents(), IsEmpty());
  ASSERT_EQ(summaries().size(), 4u);
  EXPECT_TRUE(summaries()[0].opening);
  EXPECT_EQ(summaries()[0].title, "1 fired, 0 resolved: namespace shop");
  for (const auto& edit : {summaries()[1], summaries()[2], summaries()[3]}) {
    EXPECT_FALSE(edit.opening);
    EXPECT_EQ(edit.note, "message 1");
    EXPECT_EQ(edit.incident, summaries()[0].incident);
  }
  EXPECT_THAT(summaries()[3].rows,
              ElementsAre(ElementsAre("CRITICAL", "Down", "1", "0"), ElementsAre("HIGH", "Wrong", "30", "10")));
  EXPECT_EQ(log->counters["deliveries/suppressed/chat/grouped"], made_);
  expect_all_accounted_for();
}

TEST_F(GroupingTest, BeginsAnotherMessageWithTheNextInterval) {
  make(kCounted);
  deliver("a", {});
  log->advance(minutes(16), seconds(1));
  EXPECT_EQ(log->entries("group.chat", "rows") + log->entries("group.chat", "summary"), 0u);
  resolve("a");
  log->advance(minutes(1));

  ASSERT_THAT(summaries(), SizeIs(2));
  EXPECT_NE(summaries()[0].incident, summaries()[1].incident);
  EXPECT_EQ(summaries()[1].note, "");
  EXPECT_EQ(summaries()[1].title, "0 fired, 1 resolved: namespace shop");
  expect_all_accounted_for();
}

TEST_F(GroupingTest, TellsASinkThatEditsNothingFirstAndAtTheEnd) {
  make(kCounted, false);
  for (int i = 0; i < 5; ++i) deliver("a" + std::to_string(i), {});
  log->advance(minutes(14), seconds(1));
  EXPECT_THAT(summaries(), SizeIs(1));
  log->advance(minutes(2), seconds(1));

  ASSERT_THAT(summaries(), SizeIs(2));
  EXPECT_EQ(summaries()[1].title, "5 fired, 0 resolved: namespace shop");
  expect_all_accounted_for();
}

TEST_F(GroupingTest, PutsEachIntoTheThreadOfItsSummary) {
  make("group_by: [namespace]\n");
  deliver("a", {});
  deliver("b", {});
  deliver("c", {.name_space = "other"});
  deliver("a", {.state = TransitionState::kUpdated, .cause = "new_evidence"});
  resolve("a");
  log->advance(minutes(1));

  std::map<std::string, std::string> threads;
  for (const auto& one : told) {
    if (one.opening && one.cause != kSummaryCause) threads[one.incident] = one.thread;
  }
  EXPECT_EQ(threads["a"], "message 1");
  EXPECT_EQ(threads["b"], "message 1");
  EXPECT_NE(threads["c"], "message 1");
  EXPECT_THAT(incidents(), ElementsAre("a", "b", "c", "a", "a"));
  EXPECT_EQ(summaries().back().title, "2 fired, 1 resolved: namespace shop");
  EXPECT_EQ(log->entries("sink.chat", "group"), 2u);
  expect_all_accounted_for();
}

TEST_F(GroupingTest, TellsEachByItselfWhereThereAreNoThreadsAndSumsUpAtTheEnd) {
  make("interval: 10m\n", false);
  deliver("a", {});
  deliver("b", {});
  EXPECT_THAT(told, SizeIs(2));
  log->advance(minutes(11), seconds(1));

  ASSERT_THAT(summaries(), SizeIs(1));
  EXPECT_EQ(summaries()[0].title, "2 fired, 0 resolved: cluster prod");
  deliver("c", {});
  log->advance(minutes(11), seconds(1));
  EXPECT_THAT(summaries(), SizeIs(1));  // Of one there is nothing to sum up.
  expect_all_accounted_for();
}

TEST_F(GroupingTest, KeepsAFollowUpInTheGroupOfItsOpening) {
  make("group_by: [severity]\nnotification_mode: {summary: {threaded: false}}\n");
  deliver("a", {});
  resolve("a", {.severity = Severity::kCritical});
  log->advance(minutes(1));

  EXPECT_EQ(summaries().back().title, "1 fired, 1 resolved: severity HIGH");
  EXPECT_EQ(log->entries("sink.chat", "group"), 0u);
  expect_all_accounted_for();
}

TEST_F(GroupingTest, IgnoresAGroupUntilTheNthNotification) {
  make("notification_mode: {regular: {ignore_first: 3}}\ninterval: 10m\n");
  deliver("a", {});
  log->advance(minutes(11), seconds(1));
  deliver("b", {});
  deliver("a", {.state = TransitionState::kUpdated, .cause = "repeat"});
  resolve("b");
  EXPECT_THAT(told, IsEmpty());

  deliver("c", {});
  deliver("a", {.state = TransitionState::kUpdated, .cause = "repeat"});
  resolve("c");
  log->advance(minutes(1));

  EXPECT_THAT(incidents(), ElementsAre("c", "a", "c"));
  EXPECT_TRUE(told[1].opening);
  EXPECT_EQ(log->counters["deliveries/suppressed/chat/ignored_first"], 4);
  expect_all_accounted_for();
}

TEST_F(GroupingTest, SettlesNothingBeforeItsSummaryIsTold) {
  make(kCounted);
  chat->refuse = base::passing(Reason::kUnavailable, "503");
  for (int i = 0; i < 20; ++i) deliver("a" + std::to_string(i), {});
  log->advance(minutes(2));
  EXPECT_EQ(ends.size(), 0u);

  chat->refuse.reset();
  log->advance(minutes(5), seconds(1));

  EXPECT_EQ(summaries().back().title, "20 fired, 0 resolved: namespace shop");
  expect_all_accounted_for();
}

TEST_F(GroupingTest, DeadLettersWhatASummaryCouldNotTellAndPlaysItAgain) {
  make(kCounted);
  chat->refuse = base::permanent(Reason::kBadRequest, "400");
  for (int i = 0; i < 20; ++i) deliver("a" + std::to_string(i), {});
  log->advance(minutes(1));
  ASSERT_THAT(letters, SizeIs(20));
  expect_all_accounted_for();

  chat->refuse.reset();
  ends.clear();
  log->counters.clear();
  for (const auto& letter : letters) log->append(letter.topic, letter.key, letter.value);
  log->advance(minutes(1));

  EXPECT_EQ(log->counters["deliveries/suppressed/chat/grouped"], 20);
  expect_all_accounted_for();
}

TEST_F(GroupingTest, ItsFallbackIsToldOfAlertsAndNotOfRows) {
  make(kCounted, true, "mail");
  std::vector<std::string> alerts;
  log->on_append = [&](const bus::Record& record) {
    if (record.topic == "digests.mail") alerts.push_back(decode_folded(record.value).value().group);
  };
  chat->refuse = base::permanent(Reason::kBadRequest, "400");
  deliver("a", {.alert = "TargetDown"});
  deliver("b", {.alert = "Watchdog"});
  log->advance(minutes(1));

  EXPECT_THAT(alerts, ElementsAre("TargetDown", "Watchdog"));
}

TEST_F(GroupingTest, CountsWhatIsBeyondItsRowsTogether) {
  make("notification_mode: {summary: {threaded: false, by: [workload]}}\n");
  for (int i = 0; i < 300; ++i) deliver("a" + std::to_string(i), {});
  log->advance(minutes(1));

  ASSERT_THAT(summaries().back().rows, SizeIs(GroupWorker::kMostRows + 1));
  EXPECT_THAT(summaries().back().rows.back(), ElementsAre("HIGH", "(others)", "100", "0"));
  expect_all_accounted_for();
}

TEST_F(GroupingTest, TellsWhatItHasCountedAfterItsGroupingIsGone) {
  make(kCounted, false);
  deliver("a", {});
  deliver("b", {});
  auto value = GroupedDelivery{
      .name = "cluster prod",
      .folded = {.delivery_id = "d3", .transition_id = "t3", .incident_id = "c", .incident_key = "key-c"}};
  groups.reset();
  auto later = std::make_unique<fakes::FakeLog>(clock);
  later->on_append = log->on_append;
  groups = std::make_unique<GroupWorker>(Grouping::none(), worker->sender());
  later->add(GroupWorker::spec("chat"), *groups);
  told.clear();
  ends.clear();
  later->append("groups.chat", "group:x", encode(value));
  later->advance(seconds(1));

  EXPECT_THAT(summaries(), SizeIs(1));
  EXPECT_EQ(later->counters["deliveries/suppressed/chat/grouped"], 1);
  EXPECT_EQ(ends["d3"], 1);
}

TEST_F(GroupingTest, CountsWhatCannotBeReadAsADeadLetter) {
  make(kCounted);
  log->append("groups.chat", "group:x", R"({"schema":"tocsin.grouped/2"})");
  log->append("groups.chat", "group:x", "{nonsense");
  auto spoiled = nlohmann::json::parse(encode(GroupedDelivery{.name = "x", .folded = {.delivery_id = "d"}}));
  spoiled["delivery"] = R"({"schema":"tocsin.delivery/2"})";
  log->append("groups.chat", "group:x", spoiled.dump());
  int letters = 0;
  log->on_append = [&](const bus::Record& record) { letters += record.topic == bus::kDeadLetters; };
  log->run();

  EXPECT_EQ(letters, 3);
  EXPECT_EQ(log->counted("deliveries/dead_lettered/chat"), 3);
}

TEST(GroupingOptions, NamesWhatItDoesNotKnow) {
  std::vector<std::string> complaints;
  read(
      "group_by: [namespce, {labels: [team]}, {annotation: [x]}]\n"
      "notification_mode: {summary: {by: [7, []]}, regular: {}}\n",
      &complaints);

  EXPECT_THAT(complaints, testing::UnorderedElementsAre(
                              "group_by: 'namespce' is no attribute of a finding; did you mean 'namespace'?",
                              "group_by: expected {labels: [name, ...]} or {annotations: [name, ...]}",
                              "notification_mode: 'summary' and 'regular' exclude each other",
                              "by: '7' is no attribute of a finding; labels are written {labels: [...]}",
                              "by: expected the name of an attribute, or {labels: [...]}"));
}

TEST(GroupingOptions, GroupByLabelsAnnotationsAndTheWorkload) {
  schemas::Transition transition;
  transition.incident.identity = {.owner_kind = "deployment", .owner_name = "web"};
  transition.finding.subject.labels["team"] = "red";
  transition.finding.subject.annotations["tier"] = "1\n2";
  auto grouping = read("group_by: [workload, {labels: [team, none]}, {annotations: [tier]}]\n");

  EXPECT_EQ(grouping.name(transition),
            "workload deployment/web, label team red, label none (none), annotation tier 1 2");
  EXPECT_TRUE(grouping.is_summary && grouping.threaded);
  auto other = transition;
  other.finding.subject.labels["team"] = "blue";
  EXPECT_NE(grouping.key(transition, "a"), grouping.key(other, "a"));
  EXPECT_NE(grouping.key(transition, "a"), grouping.key(transition, "b"));
}

TEST_F(GroupingTest, BeginsAnewWhereItsStateIsOfAnotherKind) {
  make("{group_by: [namespace], interval: 900}");
  deliver("a", Kind());
  log->spoil("group.chat", "summary", R"({"id": 1, "since": true})");
  log->spoil("group.chat", "rows", R"({"fired": "many"})");
  log->spoil("sink.chat", "group", R"({"key": []})");

  deliver("b", Kind());
  deliver("a", {.state = TransitionState::kResolved, .cause = "last_member_resolved"});

  EXPECT_THAT(incidents(), ElementsAre("a", "b", "a"));
  expect_all_accounted_for();
}

}  // namespace
}  // namespace sinks
