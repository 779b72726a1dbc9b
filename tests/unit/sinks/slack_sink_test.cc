// SPDX-License-Identifier: Apache-2.0
#include "sinks/slack/slack_sink.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/yaml/parse.h"
#include "sinks/slack/note.h"
#include "tests/fakes/slack/incident_samples.h"
#include "tests/harness/temp_dir.h"
#include "tests/unit/sinks/slack_sink_fixture.h"

namespace sinks::slack {
namespace {

using base::Reason;
using fakes::slack::FakeSlack;
using schemas::TransitionState;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using Fault = FakeSlack::Fault;

TEST_F(SlackSinkTest, KeepsOneMessageFromTheOpeningToTheEnd) {
  add_graph();
  EXPECT_THAT(message(), HasSubstr("posted C0000000001"));
  ASSERT_THAT(slack.tops(), SizeIs(1));
  EXPECT_THAT(shown(), HasSubstr("slack_file"));
  next(TransitionState::kUpdated, "repeat");
  EXPECT_THAT(message(), HasSubstr("edited C0000000001"));
  EXPECT_THAT(shown(), HasSubstr("slack_file"));
  next(TransitionState::kResolved, "last_member_resolved");
  EXPECT_THAT(message(), HasSubstr("edited"));

  ASSERT_THAT(slack.tops(), SizeIs(1));
  EXPECT_EQ(slack.tops().front().edits, 2);
  EXPECT_THAT(slack.replies_to(slack.tops().front().ts), IsEmpty());
  EXPECT_THAT(slack.files(), SizeIs(1));
}

TEST_F(SlackSinkTest, RepliesToNewEvidenceWithinTheBound) {
  message();
  for (int i = 0; i < 5; ++i) {
    next(TransitionState::kUpdated, "new_member");
    EXPECT_THAT(message(), HasSubstr("edited"));
  }
  auto ts = slack.tops().front().ts;
  EXPECT_THAT(slack.replies_to(ts), SizeIs(2));
  next(TransitionState::kUpdated, "severity_rise");
  EXPECT_THAT(message(), HasSubstr("replied"));

  ASSERT_THAT(slack.replies_to(ts), SizeIs(3));
  EXPECT_EQ(slack.replies_to(ts).back().content["reply_broadcast"], true);
}

TEST_F(SlackSinkTest, RemindsOfAnOpenIncidentBelowItsMessageAndInTheChannel) {
  add_graph();
  message();
  delivery.id = "d2";  // The opening once more, as the router's reminder has it: without evidence.
  delivery.created = delivery.transition.incident.opened + std::chrono::hours(4);
  delivery.transition.finding.enrichments.clear();

  auto noted = note;
  EXPECT_THAT(message(), HasSubstr("replied"));
  note = noted;  // The receipt was lost.
  EXPECT_THAT(send(true).value().detail, HasSubstr("replied"));

  ASSERT_THAT(slack.tops(), SizeIs(1));
  EXPECT_THAT(shown(), HasSubstr("slack_file"));
  auto replies = slack.replies_to(slack.tops().front().ts);
  ASSERT_THAT(replies, SizeIs(1));
  EXPECT_EQ(replies.front().content["reply_broadcast"], true);
  EXPECT_THAT(replies.front().content.dump(), HasSubstr("Still firing after 4 h"));
}

TEST_F(SlackSinkTest, TakesALaneAChannel) {
  options.channel_override = ChannelTemplate::parse("cluster_name-payments").value();
  delivery.transition.incident.identity.cluster = "prod";

  EXPECT_EQ(SlackSink(options, services).lane(delivery), "prod-payments");
}

TEST_F(SlackSinkTest, PostsAnewWhenItsMessageIsGone) {
  message();
  slack.remove_message(slack.tops().front().ts);
  next(TransitionState::kUpdated, "repeat");

  EXPECT_THAT(message(), HasSubstr("posted"));

  EXPECT_THAT(slack.tops(), SizeIs(2));
  EXPECT_EQ(decode_note(note).ts, slack.tops().back().ts);
}

TEST_F(SlackSinkTest, AddsAPictureThatIsLate) {
  slack.set_looks_until_usable(5);  // 250 ms, then twice as long each time: 7.75 s.
  add_graph();

  EXPECT_THAT(message(), HasSubstr("posted"));

  ASSERT_THAT(slack.tops(), SizeIs(1));
  EXPECT_EQ(slack.tops().front().edits, 1);
  EXPECT_THAT(shown(), HasSubstr("slack_file"));
}

TEST_F(SlackSinkTest, GoesOutWithoutAPictureThatNeverComes) {
  for (const char* method : {"files.getUploadURLExternal", "files.completeUploadExternal"}) {
    slack.refuse(method, "file_uploads_disabled", 1);
    add_graph();
    next(TransitionState::kUpdated, "new_evidence");
    EXPECT_THAT(message(), Not(HasSubstr("failed")));
    EXPECT_THAT(shown(), Not(HasSubstr("slack_file")));
  }
}

TEST_F(SlackSinkTest, FallsBackToASimplerForm) {
  add_graph();
  slack.refuse("chat.postMessage", "invalid_blocks", 2);

  EXPECT_THAT(message(), HasSubstr("in minimal form"));

  EXPECT_THAT(shown(), HasSubstr("Pod web-1 restarts"));
}

TEST_F(SlackSinkTest, FindsWhatAnAttemptInTheDarkHasPosted) {
  slack.fail("chat.postMessage", Fault::kCutAfter);
  EXPECT_THAT(message(), HasSubstr("failed"));

  EXPECT_THAT(message(), HasSubstr("posted"));

  EXPECT_THAT(slack.tops(), SizeIs(1));
  EXPECT_EQ(slack.calls("conversations.history"), 1);
}

TEST_F(SlackSinkTest, PostsAgainWhatAnAttemptInTheDarkHasNotPosted) {
  slack.fail("chat.postMessage", Fault::kCutBefore);
  EXPECT_THAT(message(), HasSubstr("failed"));

  EXPECT_THAT(message(), HasSubstr("posted"));

  EXPECT_THAT(slack.tops(), SizeIs(1));
  EXPECT_THAT(shown(), Not(HasSubstr("perhaps a repeat")));
}

TEST_F(SlackSinkTest, PostsNothingInTheDarkWhileTheHistoryCannotBeReadJustNow) {
  slack.answer_status("conversations.history", 503);
  EXPECT_EQ(send(true).error().reason, Reason::kUnavailable);
  EXPECT_THAT(slack.tops(), IsEmpty());

  ASSERT_TRUE(send());

  EXPECT_THAT(slack.tops(), SizeIs(1));
  EXPECT_THAT(shown(), Not(HasSubstr("perhaps a repeat")));
}

TEST_F(SlackSinkTest, FindsWhatAProcessBeforeHasPosted) {
  ASSERT_TRUE(send());
  note.clear();

  ASSERT_TRUE(send(true));

  EXPECT_THAT(slack.tops(), SizeIs(1));
  EXPECT_EQ(decode_note(note).ts, slack.tops().front().ts);
}

TEST_F(SlackSinkTest, RepliesOnceWhateverAProcessBeforeDid) {
  ASSERT_TRUE(send());
  auto before = note;
  next(TransitionState::kUpdated, "new_member");
  ASSERT_TRUE(send());
  note = before;

  ASSERT_TRUE(send(true));

  EXPECT_THAT(slack.replies_to(slack.tops().front().ts), SizeIs(1));
}

TEST_F(SlackSinkTest, ReadsAChannelOnceForABacklog) {
  ASSERT_TRUE(send(true));
  for (int i = 0; i < 20; ++i) {
    delivery.transition.incident.id = "other" + std::to_string(i);
    note.clear();
    Sending sending{.delivery = delivery, .rendered = {}, .deadline = base::in(timeout), .maybe_sent = true};
    sending.owned_since = base::Time(seconds(1));
    sending.lane = sink->lane(delivery);
    ASSERT_TRUE(*loop.run(keep(*sink, sending)));
  }

  EXPECT_EQ(slack.calls("conversations.history"), 1);
  EXPECT_THAT(slack.tops(), SizeIs(21));
}

TEST_F(SlackSinkTest, SaysThatAMessageMayBeARepeatWhereItCannotLook) {
  slack.set_scopes("chat:write,channels:read");
  ASSERT_TRUE(send(true));

  EXPECT_THAT(shown(), HasSubstr("perhaps a repeat"));
}

TEST_F(SlackSinkTest, JoinsAChannelThatWantsMembersOnly) {
  slack.set_scopes("chat:write,channels:read,channels:join,channels:history");
  slack.add_channel("C0000000002", "ops", false);
  options.slack_channel = "ops";

  EXPECT_THAT(message(), HasSubstr("posted C0000000002"));
}

TEST_F(SlackSinkTest, FollowsTheChannelThatTheIncidentNames) {
  slack.add_channel("C0000000003", "prod-payments");
  options.channel_override = ChannelTemplate::parse("cluster_name-payments").value();
  delivery.transition.incident.identity.cluster = "prod";
  EXPECT_THAT(message(), HasSubstr("posted C0000000003"));

  note.clear();
  delivery.transition.incident.identity.cluster = "not-there";
  EXPECT_THAT(message(), HasSubstr("posted C0000000001"));
}

TEST_F(SlackSinkTest, FindsWhatWentToSlackChannelForAChannelThatIsClosed) {
  options.channel_override = ChannelTemplate::parse("cluster_name-payments").value();
  delivery.transition.incident.identity.cluster = "prod";
  ASSERT_TRUE(send());
  ASSERT_THAT(slack.tops(), SizeIs(1));
  note.clear();

  ASSERT_TRUE(send(true));

  EXPECT_THAT(slack.tops(), SizeIs(1));
  EXPECT_EQ(decode_note(note).ts, slack.tops().front().ts);
}

TEST_F(SlackSinkTest, TakesANewTokenFromItsFile) {
  harness::TempDir dir;
  auto file = dir.write("token", "xoxb-first");
  options.api_key = base::Secret("xoxb-first", file);
  EXPECT_EQ(send().error().reason, Reason::kAuth);

  dir.write("token", std::string(FakeSlack::kToken) + "\n");

  // The file is looked at once a second at most.
  auto limit = std::chrono::steady_clock::now() + seconds(60);
  bool is_sent = false;
  while (!is_sent && std::chrono::steady_clock::now() < limit) is_sent = send().has_value();
  EXPECT_TRUE(is_sent);
  EXPECT_THAT(slack.tops(), SizeIs(1));
}

TEST_F(SlackSinkTest, ShowsAnAnalysisBesideTheEvidence) {
  add_graph();
  ASSERT_TRUE(send());
  next(TransitionState::kUpdated, "new_evidence");
  delivery.transition.finding.type = schemas::FindingType::kAiAnalysis;
  delivery.transition.finding.enrichments = {
      {"ai_analysis", "", "", {schemas::MarkdownBlock{"The disk is slow, says the model."}}}};
  ASSERT_TRUE(send());
  EXPECT_THAT(shown(), HasSubstr("slack_file"));
  EXPECT_THAT(shown(), HasSubstr("The disk is slow"));
  EXPECT_THAT(slack.files(), SizeIs(1));

  next(TransitionState::kUpdated, "new_member");
  delivery.transition.finding.type = schemas::FindingType::kIssue;
  add_graph("CPU");
  ASSERT_TRUE(send());

  EXPECT_THAT(shown(), HasSubstr("The disk is slow"));
  EXPECT_THAT(slack.files(), SizeIs(2));
}

TEST_F(SlackSinkTest, ShowsEvidenceThatCameLateBesideTheOther) {
  add_graph();
  delivery.transition.finding.missing = {{"pod_graph_enricher", "timeout", "was not ready after 10s"},
                                         {"other", "timeout", "never came"}};
  ASSERT_TRUE(send());
  EXPECT_THAT(shown(), HasSubstr("was not ready"));

  next(TransitionState::kUpdated, "new_evidence");
  delivery.transition.incident.open = false;
  delivery.transition.incident.resolved = delivery.transition.at;
  auto& late = delivery.transition.finding;
  late.follows = "f1";
  late.missing.clear();
  late.enrichments.clear();
  add_graph("CPU");
  late.enrichments[0].action = "pod_graph_enricher";
  ASSERT_TRUE(send());

  EXPECT_THAT(slack.tops(), SizeIs(1));
  EXPECT_THAT(slack.files(), SizeIs(2));
  auto all = shown();
  auto first = all.find("slack_file");
  ASSERT_NE(first, std::string::npos);
  EXPECT_NE(all.find("slack_file", first + 1), std::string::npos);
  EXPECT_THAT(shown(), Not(HasSubstr("was not ready")));
  EXPECT_THAT(shown(), HasSubstr("never came"));
  // It may come after the end, and takes nothing back.
  EXPECT_THAT(shown(), HasSubstr("Resolved"));
}

TEST_F(SlackSinkTest, OpensWithAnAnalysisWhereThatComesFirst) {
  delivery.transition.finding.type = schemas::FindingType::kAiAnalysis;
  delivery.transition.finding.enrichments = {
      {"ai_analysis", "", "", {schemas::MarkdownBlock{"The disk is slow, says the model."}}}};
  ASSERT_TRUE(send());

  EXPECT_THAT(shown(), HasSubstr("The disk is slow"));
}

TEST_F(SlackSinkTest, SaysWhatToDoAndWhetherToTryAgain) {
  struct Case {
    const char* error;
    Reason reason;
    bool for_good;
    const char* hint;
  };
  for (const Case& is :
       {Case{"channel_not_found", Reason::kNotFound, true, "slack_channel"},
        Case{"not_in_channel", Reason::kNotFound, true, "/invite @tocsin"},
        Case{"is_archived", Reason::kNotFound, true, "unarchive"},
        Case{"restricted_action_read_only_channel", Reason::kNotFound, true, "administrator"},
        Case{"invalid_auth", Reason::kAuth, true, "bot token"}, Case{"missing_scope", Reason::kAuth, true, "scope"},
        Case{"internal_error", Reason::kUnavailable, false, "internal_error"},
        Case{"invalid_arguments", Reason::kBadRequest, true, "invalid_arguments"}}) {
    FakeSlack other;
    options.api_url = other.api_url();
    sink.reset();
    note.clear();
    other.refuse("chat.postMessage", is.error);
    auto failed = send();
    ASSERT_FALSE(failed) << is.error;
    EXPECT_EQ(failed.error().reason, is.reason) << is.error;
    EXPECT_EQ(failed.error().retry.is_never(), is.for_good) << is.error;
    EXPECT_THAT(failed.error().message, HasSubstr(is.hint));
  }
}

TEST_F(SlackSinkTest, AsksNothingWithinTheWaitThatSlackNames) {
  slack.limit("chat.postMessage", seconds(30));
  auto first = send();
  auto second = send();

  for (const auto& failed : {first, second}) {
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().reason, Reason::kRateLimited);
    EXPECT_GT(failed.error().retry.wait(), seconds(20));
    EXPECT_LE(failed.error().retry.wait(), seconds(30));
  }
  EXPECT_EQ(slack.calls("chat.postMessage"), 1);
}

TEST_F(SlackSinkTest, SaysThatOnlyTheChannelIsLimitedWhichHasOneLimitByNameAndById) {
  ASSERT_THAT(message(), HasSubstr("posted C"));
  slack.limit("chat.postMessage", seconds(30));
  next(TransitionState::kReopened, "fired_again");

  EXPECT_THAT(message(), HasSubstr("ratelimited"));
  EXPECT_EQ(limited, Limited::kLane);
  auto calls = slack.calls("chat.postMessage");
  note.clear();
  delivery.transition.incident.id = "i2";
  EXPECT_THAT(message(), HasSubstr("Slack asked to wait"));
  EXPECT_EQ(limited, Limited::kLane);
  EXPECT_EQ(slack.calls("chat.postMessage"), calls);
}

TEST_F(SlackSinkTest, SaysThatEditsAreLimitedByThemselves) {
  ASSERT_THAT(message(), HasSubstr("posted C"));
  slack.limit("chat.update", seconds(30));
  next(TransitionState::kUpdated, "repeat");

  EXPECT_THAT(message(), HasSubstr("chat.update"));
  EXPECT_EQ(limited, Limited::kDelivery);
  note.clear();
  delivery.transition.incident.id = "i2";
  EXPECT_THAT(message(), HasSubstr("posted C"));
}

TEST_F(SlackSinkTest, NeverShowsItsToken) {
  slack.refuse("chat.postMessage", std::string("bad token ") + FakeSlack::kToken, 1);
  slack.answer_status("chat.postMessage", 403);
  for (int i = 0; i < 2; ++i) EXPECT_THAT(message(), AllOf(HasSubstr("failed"), Not(HasSubstr("secret-of-the-bot"))));
}

TEST_F(SlackSinkTest, PostsEachTransitionToAnIncomingWebhook) {
  options.api_key = {};
  options.webhook_url = base::Secret(slack.webhook_url());
  add_graph();

  EXPECT_EQ(message(), "posted");
  next(TransitionState::kResolved, "last_member_resolved");
  EXPECT_EQ(message(), "posted");
  slack.answer_status("webhook", 404);
  EXPECT_THAT(message(), AllOf(HasSubstr("failed"), Not(HasSubstr("wEbhookSecret"))));

  EXPECT_THAT(slack.tops(), SizeIs(2));
  EXPECT_THAT(slack.files(), IsEmpty());
}

TEST_F(SlackSinkTest, FindsOutBeforeTheFirstMessageWhetherItCanPost) {
  auto fine = probe();
  EXPECT_THAT(fine.found, ElementsAre("workspace Shop, as tocsin", "channel #alerts, a member"));
  EXPECT_THAT(fine.problems, IsEmpty());
  EXPECT_FALSE(fine.error);

  slack.set_scopes("chat:write,channels:read,groups:read,files:read");
  EXPECT_THAT(probe().problems, testing::Contains(HasSubstr("files:write")));
  options.slack_channel = "nowhere";
  EXPECT_THAT(probe().problems, testing::Contains(HasSubstr("channel_not_found")));
  slack.set_token("another");
  auto locked_out = probe();
  EXPECT_THAT(locked_out.problems, ElementsAre(HasSubstr("invalid_auth")));
  EXPECT_EQ(locked_out.error->reason, Reason::kAuth);
}

TEST(SlackChannel, IsMadeOfWhatTheIncidentHas) {
  schemas::Delivery delivery;
  delivery.transition.incident.identity.cluster = "prod";
  delivery.transition.finding.subject.labels = {{"team", "shop"}, {"app.kubernetes.io/name", "cart"}};
  delivery.transition.finding.subject.annotations = {{"example.org/channel", "#web"}};
  auto resolved = [&](const char* text) {
    return ChannelTemplate::parse(text).value().resolve(delivery).value_or("-");
  };

  EXPECT_EQ(resolved("cluster_name"), "prod");
  EXPECT_EQ(resolved("cluster_name-alerts"), "prod-alerts");
  EXPECT_EQ(resolved("labels.team"), "shop");
  EXPECT_EQ(resolved("labels.app.kubernetes.io/name"), "cart");
  EXPECT_EQ(resolved("annotations.example_org_channel"), "web");
  EXPECT_EQ(resolved("$cluster_name-$labels.team-${labels.app.kubernetes.io/name}"), "prod-shop-cart");
  EXPECT_EQ(resolved("labels.owner"), "-");
  for (const char* odd : {"owner", "${labels.team", "$namespace", "labels."}) {
    EXPECT_FALSE(ChannelTemplate::parse(odd)) << odd;
  }
}

TEST(SlackNote, ComesBackAsItWasWritten) {
  Note note{.channel = "C1",
            .ts = "1.000002",
            .evidence = R"({"a":1})",
            .evidence_of = "t",
            .files = {"F1", ""},
            .shared = "t",
            .replies = 2,
            .replied = "u",
            .in_the_dark = "d",
            .dark_since = base::Time(seconds(5))};

  EXPECT_EQ(encode(decode_note(encode(note))), encode(note));
  EXPECT_EQ(decode_note("{nonsense").ts, "");
}

}  // namespace
}  // namespace sinks::slack
