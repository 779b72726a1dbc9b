// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/http/curl_client.h"
#include "sinks/slack/buttons.h"
#include "sinks/slack/note.h"
#include "sinks/slack/slack_sink.h"
#include "tests/fakes/fake_http_server.h"
#include "tests/fakes/io_thread.h"
#include "tests/fakes/slack/fake_slack.h"

namespace sinks::slack {
namespace {

using fakes::slack::FakeSlack;
using schemas::Command;
using schemas::CommandAction;
using schemas::TransitionState;
using std::chrono::hours;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

// A sink with buttons, an Alertmanager that keeps silences, and an incident of an alert.
struct SlackButtonsTest : testing::Test {
  SlackButtonsTest() {
    options.name = "main";
    options.slack_channel = "alerts";
    options.api_key = base::Secret(FakeSlack::kToken);
    options.api_url = slack.api_url();
    options.has_buttons = true;
    options.silences = SilenceOptions{.alertmanager_url = alertmanager.url("/am/"), .access = {}};
    alertmanager.pull([this](const std::string& request) { return serve(request); });
    delivery.id = "d1";
    delivery.sink = "main";
    delivery.opening = true;
    delivery.created = clock.now();
    auto& transition = delivery.transition;
    transition.id = "t1";
    transition.cause = "first_finding";
    transition.at = clock.now();
    transition.incident.id = "i1";
    transition.incident.identity.key = "k1";
    transition.incident.title = transition.finding.title = "Pod web-1 restarts";
    transition.incident.opened = transition.incident.last_seen = clock.now();
    transition.incident.count = 1;
    transition.finding.source = schemas::FindingSource::kPrometheus;
    transition.finding.subject.labels = {{"alertname", "KubePodCrashLooping"}, {"pod", R"(web-"1")"}};
  }
  ~SlackButtonsTest() override {
    sink.reset();
    loop.run(http->stop());
    EXPECT_THAT(slack.problems(), IsEmpty());
  }

  fakes::FakeHttpServer::Lever serve(const std::string& request) {
    using fakes::FakeHttpServer;
    if (!refusal.empty()) return {.bytes = FakeHttpServer::answer(400, refusal)};
    if (request.starts_with("GET /am/api/v2/silences?")) return {.bytes = FakeHttpServer::answer(200, silences.dump())};
    if (!request.starts_with("POST /am/api/v2/silences")) return {.bytes = FakeHttpServer::answer(404, "")};
    auto silence = nlohmann::json::parse(request.substr(request.find("\r\n\r\n") + 4));
    silence["id"] = "silence-" + std::to_string(silences.size() + 1);
    silence["status"] = {{"state", "active"}};
    silences.push_back(silence);
    if (loses_answer) return {.bytes = {}, .then_close = true};
    return {.bytes = FakeHttpServer::answer(200, nlohmann::json{{"silenceID", silence["id"]}}.dump())};
  }

  void next(const std::string& cause, TransitionState state = TransitionState::kUpdated) {
    auto number = std::to_string(++transitions);
    delivery.id = "d" + number;
    delivery.opening = false;
    delivery.transition.id = "t" + number;
    delivery.transition.state = state;
    delivery.transition.cause = cause;
    delivery.transition.command.reset();
  }
  void asked(CommandAction action, int for_hours = 0, const std::string& id = "c1") {
    next(action == CommandAction::kSilence ? "silence_asked" : "evidence_asked");
    delivery.transition.command = Command{.id = id,
                                          .action = action,
                                          .hours = for_hours,
                                          .sink = "main",
                                          .incident_key = "k1",
                                          .incident_id = "i1",
                                          .by = "<@U0000000ANN>",
                                          .by_name = "ann",
                                          .at = clock.now()};
  }
  void acknowledge() {
    next("acknowledged");
    delivery.transition.incident.acknowledged = {
        .sink = "main", .by = "<@U0000000ANN>", .by_name = "ann", .at = clock.now()};
    delivery.transition.finding.repeat = true;
  }
  void cut_log() {
    std::string log;
    for (int i = 0; i < 500; ++i) log += "line " + std::to_string(i) + "\n";
    schemas::FileBlock file;
    file.name = "web.log";
    file.media_type = "text/plain";
    file.contents = log;
    delivery.transition.finding.enrichments = {{"logs", "Logs", "", {file}}};
  }

  static base::Task<std::optional<base::Result<Reply>>> keep(SlackSink& sink, Sending& sending) {
    co_return co_await sink.send(sending);
  }
  std::string send(bool maybe_sent = false) {
    if (!sink) sink = std::make_unique<SlackSink>(options, services);
    Sending sending{.delivery = delivery,
                    .deadline = base::in(seconds(15)),
                    .note = note,
                    .kept = kept,
                    .maybe_sent = maybe_sent,
                    .owned_since = maybe_sent ? clock.now() : base::Time::min(),
                    .lane = sink->lane(delivery)};
    auto reply = *loop.run(keep(*sink, sending));
    note = sending.note;
    kept = sending.kept;
    return reply ? reply.value().detail : "failed: " + reply.error().message;
  }
  std::string shown() { return slack.tops().at(0).content.dump(); }
  std::vector<FakeSlack::Message> replies() { return slack.replies_to(slack.tops().at(0).ts); }
  std::vector<std::string> buttons() {
    std::vector<std::string> found;
    for (const auto& button : nlohmann::json::parse(buttons_of(delivery, {.silences = true, .evidence = true}))) {
      found.push_back(button.at("action_id"));
    }
    return found;
  }

  std::string refusal;
  bool loses_answer = false;
  nlohmann::json silences = nlohmann::json::array();
  FakeSlack slack;
  fakes::FakeHttpServer alertmanager;
  base::SystemClock clock;
  fakes::IoThread loop;
  std::unique_ptr<net::http::Client> http = net::http::make_client({}, loop.executor());
  Services services{.http = *http, .file_pool = loop.executor(), .clock = clock};
  Options options;
  schemas::Delivery delivery;
  std::string note;
  std::string kept;
  std::unique_ptr<SlackSink> sink;
  int transitions = 1;
};

TEST_F(SlackButtonsTest, OffersWhatCanBeAskedOfTheIncidentAsItStands) {
  EXPECT_THAT(buttons(), ElementsAre("tocsin_acknowledge", "tocsin_silence_1", "tocsin_silence_4", "tocsin_silence_24",
                                     "tocsin_evidence"));
  delivery.transition.finding.source = schemas::FindingSource::kKubernetes;
  EXPECT_THAT(buttons(), ElementsAre("tocsin_acknowledge", "tocsin_evidence")) << "no alert, nothing to silence";
  acknowledge();
  EXPECT_THAT(buttons(), ElementsAre("tocsin_evidence"));
  delivery.transition.incident.open = false;
  EXPECT_THAT(buttons(), IsEmpty());
}

TEST_F(SlackButtonsTest, ThereAreNoneInADigestOrWhereTheyWouldNotFit) {
  delivery.transition.incident.identity.key = std::string(2000, 'k');
  EXPECT_THAT(buttons(), IsEmpty());
  delivery.transition.incident.identity.key = "k1";
  delivery.transition.cause = "digest";
  EXPECT_THAT(buttons(), IsEmpty());
}

TEST_F(SlackButtonsTest, AMessageHasThemOnlyWhereTheyAreConfigured) {
  options.has_buttons = false;
  EXPECT_THAT(send(), HasSubstr("posted"));
  EXPECT_THAT(shown(), Not(HasSubstr("tocsin_acknowledge")));

  options.has_buttons = true;
  options.silences.reset();
  sink.reset();
  next("repeat");
  EXPECT_THAT(send(), HasSubstr("edited"));
  EXPECT_THAT(shown(), HasSubstr("tocsin_acknowledge"));
  EXPECT_THAT(shown(), Not(HasSubstr("tocsin_silence")));
}

TEST_F(SlackButtonsTest, TheMessageShowsWhoHasAcknowledgedAlsoOnceItIsOver) {
  send();
  acknowledge();
  EXPECT_THAT(send(), HasSubstr("edited"));
  EXPECT_THAT(shown(), HasSubstr("Acknowledged by <@U0000000ANN>"));
  EXPECT_THAT(shown(), Not(HasSubstr("tocsin_acknowledge")));
  EXPECT_THAT(replies(), IsEmpty());

  next("last_member_resolved", TransitionState::kResolved);
  delivery.transition.incident.open = false;
  delivery.transition.incident.resolved = clock.now();
  sink.reset();
  EXPECT_THAT(send(), HasSubstr("edited"));
  EXPECT_THAT(shown(), HasSubstr("Acknowledged by <@U0000000ANN>"));
}

TEST_F(SlackButtonsTest, WhoAcknowledgedElsewhereIsNamedAndNotCalled) {
  send();
  acknowledge();
  delivery.transition.incident.acknowledged->sink = "another";
  send();

  EXPECT_THAT(shown(), HasSubstr("Acknowledged by ann"));
  EXPECT_THAT(shown(), Not(HasSubstr("<@U0000000ANN>")));
}

TEST_F(SlackButtonsTest, ARemindersReplyIsNotMadeOnceSomebodyHasAcknowledged) {
  send();
  next("still_open");
  delivery.opening = true;
  send();
  EXPECT_THAT(replies(), SizeIs(1));
  acknowledge();
  next("still_open");
  delivery.opening = true;
  send();

  EXPECT_THAT(replies(), SizeIs(1));
}

TEST_F(SlackButtonsTest, SilencesTheAlertByItsLabelsAndSaysSoInTheThread) {
  send();
  asked(CommandAction::kSilence, 4);

  EXPECT_THAT(send(), HasSubstr("asked by ann"));
  ASSERT_THAT(silences, SizeIs(1));
  EXPECT_EQ(silences[0]["createdBy"], "ann (Slack)");
  EXPECT_THAT(silences[0]["comment"].get<std::string>(), HasSubstr("tocsin incident i1"));
  EXPECT_EQ(silences[0]["matchers"][1]["name"], "pod");
  EXPECT_EQ(silences[0]["matchers"][1]["value"], R"(web-"1")");
  EXPECT_EQ(silences[0]["endsAt"], base::to_rfc3339(delivery.transition.command->at + hours(4)));
  ASSERT_THAT(replies(), SizeIs(1));
  EXPECT_THAT(replies()[0].content.dump(), HasSubstr("Silenced for 4 h"));
  EXPECT_THAT(replies()[0].content.dump(), HasSubstr("silence-1"));
}

TEST_F(SlackButtonsTest, ASecondClickSilencesNothingMoreButALongerOneDoes) {
  send();
  asked(CommandAction::kSilence, 4, "c1");
  send();
  asked(CommandAction::kSilence, 4, "c2");
  EXPECT_THAT(send(), HasSubstr("silenced before, silence-1"));
  asked(CommandAction::kSilence, 1, "c3");
  EXPECT_THAT(send(), HasSubstr("silenced before"));
  EXPECT_THAT(silences, SizeIs(1));
  EXPECT_THAT(replies(), SizeIs(1));

  asked(CommandAction::kSilence, 24, "c4");
  send();
  EXPECT_THAT(silences, SizeIs(2));
  EXPECT_THAT(replies(), SizeIs(2));
}

TEST_F(SlackButtonsTest, AnAttemptAfterACrashFindsWhatWasDone) {
  send();
  asked(CommandAction::kSilence, 4);
  auto before = note;
  send();
  note = before;
  sink.reset();
  send(true);

  EXPECT_THAT(silences, SizeIs(1));
  EXPECT_THAT(replies(), SizeIs(1)) << "the reply is found in the thread";

  slack.answer_status("chat.postMessage", 500);
  asked(CommandAction::kSilence, 24, "c2");
  EXPECT_THAT(send(), HasSubstr("failed"));
  EXPECT_THAT(send(), HasSubstr("silenced until"));
  EXPECT_THAT(silences, SizeIs(2));
  EXPECT_THAT(replies(), SizeIs(2));
}

TEST_F(SlackButtonsTest, WhatAlertmanagerRefusesIsSaidInTheThread) {
  refusal = R"("bad matcher format: <b>")";
  send();
  asked(CommandAction::kSilence, 1);

  EXPECT_THAT(send(), HasSubstr("not silenced: alertmanager: bad matcher format"));
  ASSERT_THAT(replies(), SizeIs(1));
  EXPECT_THAT(replies()[0].content.dump(), HasSubstr("Not silenced"));
  EXPECT_THAT(replies()[0].content.dump(), HasSubstr("bad matcher format: &lt;b&gt;"));
}

TEST_F(SlackButtonsTest, AnAnswerThatIsLostIsSaidToo) {
  loses_answer = true;
  send();
  asked(CommandAction::kSilence, 1);
  EXPECT_THAT(send(), HasSubstr("not silenced"));
  loses_answer = false;
  asked(CommandAction::kSilence, 1, "c2");

  EXPECT_THAT(send(), HasSubstr("silenced before")) << "it had arrived, and is found";
}

TEST_F(SlackButtonsTest, AClickThatIsHandledTooLateSilencesNothing) {
  send();
  asked(CommandAction::kSilence, 1);
  delivery.transition.command->at -= hours(2);
  send();

  EXPECT_THAT(silences, IsEmpty());
  EXPECT_THAT(replies().at(0).content.dump(), HasSubstr("is over by now"));
}

TEST_F(SlackButtonsTest, WhoAsksOnceItIsOverIsToldSo) {
  send();
  delivery.transition.incident.open = false;
  delivery.transition.incident.resolved = clock.now();
  for (auto action : {CommandAction::kSilence, CommandAction::kAcknowledge}) {
    asked(action, 1);
    delivery.transition.cause = schemas::kTooLateCause;
    EXPECT_THAT(send(), HasSubstr("it was over already, asked by ann"));
    EXPECT_THAT(send(), HasSubstr("it was over already")) << "the same again";
  }

  EXPECT_THAT(silences, IsEmpty());
  ASSERT_THAT(replies(), SizeIs(2));
  EXPECT_THAT(replies()[0].content.dump(), HasSubstr("was not silenced, as <@U0000000ANN> asked"));
  EXPECT_THAT(replies()[1].content.dump(), HasSubstr("was not acknowledged"));
  EXPECT_EQ(slack.tops().at(0).edits, 0) << "of the incident there is nothing new";
}

TEST_F(SlackButtonsTest, WithoutAnAlertmanagerNothingIsSilenced) {
  options.silences.reset();
  send();
  asked(CommandAction::kSilence, 1);
  send();

  EXPECT_THAT(alertmanager.requests(), IsEmpty());
  EXPECT_THAT(replies().at(0).content.dump(), HasSubstr("not configured"));
}

TEST_F(SlackButtonsTest, ShowsOnceWhatTheBoundOnRepliesHasCut) {
  options.thread_replies = 0;
  send();
  next("new_evidence");
  cut_log();
  EXPECT_THAT(send(), HasSubstr("edited"));
  EXPECT_THAT(slack.files(), IsEmpty());
  EXPECT_THAT(shown(), HasSubstr("tocsin_evidence"));
  delivery.transition.finding.enrichments.clear();
  asked(CommandAction::kEvidence);
  EXPECT_THAT(send(), HasSubstr("1 files in the thread, asked by ann"));
  asked(CommandAction::kEvidence, 0, "c2");
  EXPECT_THAT(send(), HasSubstr("shown before"));

  ASSERT_THAT(slack.files(), SizeIs(1));
  EXPECT_THAT(slack.files()[0].bytes, HasSubstr("line 0\n"));
  EXPECT_EQ(slack.files()[0].shared_in, slack.tops().at(0).ts);
  EXPECT_EQ(kept, "");
}

TEST_F(SlackButtonsTest, EvidenceThatCouldNeitherBeSharedNorExcusedIsSharedByTheNextAttempt) {
  options.thread_replies = 0;
  send();
  next("new_evidence");
  cut_log();
  send();
  asked(CommandAction::kEvidence);
  slack.answer_status("files.completeUploadExternal", 500);
  slack.answer_status("chat.postMessage", 500);
  EXPECT_THAT(send(), HasSubstr("failed"));
  EXPECT_NE(kept, "");
  EXPECT_THAT(replies(), IsEmpty());
  sink.reset();
  EXPECT_THAT(send(), HasSubstr("1 files in the thread"));

  EXPECT_THAT(replies(), SizeIs(1));
  EXPECT_EQ(kept, "");
}

TEST_F(SlackButtonsTest, ThatEvidenceCouldNotBeSharedIsSaidInTheThread) {
  options.thread_replies = 0;
  send();
  next("new_evidence");
  cut_log();
  send();
  asked(CommandAction::kEvidence);
  slack.answer_status("files.completeUploadExternal", 500);
  EXPECT_THAT(send(), HasSubstr("not shown"));
  EXPECT_THAT(send(), HasSubstr("shown before")) << "the thread has its answer";

  ASSERT_THAT(replies(), SizeIs(1));
  EXPECT_THAT(replies()[0].content.dump(), HasSubstr("could not be shown"));
}

TEST_F(SlackButtonsTest, WhatIsInTheThreadAlreadyIsNotOffered) {
  cut_log();
  send();

  EXPECT_THAT(slack.files(), SizeIs(1));
  EXPECT_THAT(shown(), Not(HasSubstr("tocsin_evidence")));
  EXPECT_EQ(kept, "");
}

TEST_F(SlackButtonsTest, WhereTheMessageIsNotKnownNothingIsDone) {
  asked(CommandAction::kSilence, 1);

  EXPECT_THAT(send(), HasSubstr("not answered"));
  EXPECT_THAT(silences, IsEmpty());
  EXPECT_THAT(slack.messages(), IsEmpty());
}

}  // namespace
}  // namespace sinks::slack
