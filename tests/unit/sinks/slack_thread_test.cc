// SPDX-License-Identifier: Apache-2.0
#include "sinks/slack/note.h"
#include "tests/unit/sinks/slack_sink_fixture.h"

namespace sinks::slack {
namespace {

using schemas::TransitionState;
using testing::HasSubstr;
using testing::SizeIs;
using Fault = fakes::slack::FakeSlack::Fault;

// An incident below the summary of its group.
struct SlackThreadTest : SlackSinkTest {
  SlackThreadTest() {
    auto own = delivery;
    delivery.id = "summary-1";
    delivery.transition.id = "summary-t1";
    delivery.transition.cause = "summary";
    delivery.transition.incident.id = "summary";
    EXPECT_THAT(message(), HasSubstr("posted C"));
    root = slack.tops().front().ts;
    summary_note = std::exchange(note, "");
    delivery = own;
    delivery.thread = sink->thread_of(summary_note);
  }

  std::string root;
  std::string summary_note;
};

TEST_F(SlackThreadTest, PostsAndEditsBelowTheSummary) {
  EXPECT_THAT(message(), HasSubstr("posted C"));
  next(TransitionState::kReopened, "fired_again");
  EXPECT_THAT(message(), HasSubstr("replied"));
  next(TransitionState::kResolved, "last_member_resolved");
  EXPECT_THAT(message(), HasSubstr("edited C"));

  EXPECT_THAT(slack.tops(), SizeIs(1));
  ASSERT_THAT(slack.replies_to(root), SizeIs(2));  // Threads have no threads.
  EXPECT_EQ(slack.replies_to(root)[0].edits, 2);
  EXPECT_FALSE(slack.replies_to(root)[0].content.contains("reply_broadcast"));
}

TEST_F(SlackThreadTest, ShowsWhatIsCriticalInTheChannelToo) {
  delivery.transition.incident.severity = schemas::Severity::kCritical;
  message();

  ASSERT_THAT(slack.replies_to(root), SizeIs(1));
  EXPECT_EQ(slack.replies_to(root)[0].content["reply_broadcast"], true);
}

TEST_F(SlackThreadTest, PostsNothingTwiceBelowTheSummary) {
  slack.fail("chat.postMessage", Fault::kCutAfter);
  EXPECT_THAT(message(), HasSubstr("failed"));
  EXPECT_THAT(message(), HasSubstr("posted C"));

  EXPECT_THAT(slack.replies_to(root), SizeIs(1));
  EXPECT_EQ(decode_note(note).thread, root);
}

TEST_F(SlackThreadTest, PostsByItselfWhereTheSummaryIsGone) {
  slack.remove_message(root);

  EXPECT_THAT(message(), HasSubstr("posted C"));
  EXPECT_THAT(slack.tops(), SizeIs(2));
  EXPECT_EQ(decode_note(note).thread, "");
}

TEST_F(SlackThreadTest, EditsTheSummaryWithoutReplies) {
  note = summary_note;
  delivery.thread.clear();
  delivery.opening = false;
  delivery.transition.incident.id = "summary";
  delivery.transition.state = TransitionState::kUpdated;
  delivery.transition.cause = "summary";
  delivery.transition.finding.enrichments = {
      {"summary", "Summary", "", {schemas::TableBlock{"Alerts", {"alert", "fired"}, {{"Down", "2"}}}}}};

  EXPECT_THAT(message(), HasSubstr("edited C"));
  EXPECT_THAT(slack.messages(), SizeIs(1));
  EXPECT_THAT(shown(), HasSubstr("Down"));
}

}  // namespace
}  // namespace sinks::slack
