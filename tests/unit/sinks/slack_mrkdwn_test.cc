// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sinks/slack/markdown.h"
#include "sinks/slack/mrkdwn.h"
#include "tests/fakes/slack/block_kit.h"

namespace sinks::slack {
namespace {

using testing::IsEmpty;

TEST(Mrkdwn, EscapesAndNeverCutsWithinAnEntity) {
  EXPECT_EQ(escaped("a < b & c > d", 100), "a &lt; b &amp; c &gt; d");
  for (std::size_t limit = 0; limit < 30; ++limit) {
    auto text = escaped("<<&>日本🔥", limit);
    EXPECT_LE(length(text), limit);
    EXPECT_THAT(fakes::slack::problems_of_mrkdwn(text), IsEmpty()) << text;
  }
}

TEST(Mrkdwn, BreaksFences) { EXPECT_EQ(escaped("````", 100), "``\u200b``"); }

TEST(Mrkdwn, LinksOnlyToWebAddresses) {
  EXPECT_EQ(link("https://x.org/?a=1&b=|<>", "a|b", 200), "<https://x.org/?a=1&amp;b=%7C%3C%3E|a/b>");
  EXPECT_EQ(link("javascript:alert(1)", "x<y", 200), "x&lt;y");
  EXPECT_EQ(link("https://x.org/\n<!here>", "x", 200), "x");
}

TEST(Mrkdwn, MentionsWhoIsMeant) {
  EXPECT_EQ(mention("<@U0123456>"), "<@U0123456>");
  EXPECT_EQ(mention("U0123456"), "<@U0123456>");
  EXPECT_EQ(mention("@here"), "<!here>");
  EXPECT_EQ(mention("<!subteam^S0123456>"), "<!subteam^S0123456>");
  EXPECT_EQ(mention("@oncall"), "@oncall");
  EXPECT_EQ(mention("<@U0123456|<!here>>"), "&lt;@U0123456|&lt;!here&gt;&gt;");
}

TEST(Mrkdwn, WritesMomentsForTheReadersZone) {
  EXPECT_EQ(moment(base::Time(std::chrono::seconds(1772624460))),
            "<!date^1772624460^{date_short_pretty} {time}|2026-03-04 11:41 UTC>");
}

TEST(Markdown, BecomesMrkdwn) {
  EXPECT_EQ(mrkdwn_of("# Head\ntext **bold** *it* ~~no~~ `a*b`", 500), "*Head*\ntext *bold* _it_ ~no~ `a*b`");
  EXPECT_EQ(mrkdwn_of("- one\n  - two\n1. three", 500), "• one\n  • two\n1. three");
  EXPECT_EQ(mrkdwn_of("see [docs](https://x.org/a) & <b>", 500), "see <https://x.org/a|docs> &amp; &lt;b&gt;");
  EXPECT_EQ(mrkdwn_of("see [docs](https://x.org/a)", 500, Links::kWrittenOut), "see docs (https://x.org/a)");
  EXPECT_EQ(mrkdwn_of("[x](javascript:y) kube_pod_status 2*3*4", 500), "x (javascript:y) kube_pod_status 2*3*4");
  EXPECT_EQ(mrkdwn_of("```sh\na <b>\n```\nafter", 500), "```\na &lt;b&gt;\n```\nafter");
  EXPECT_EQ(mrkdwn_of("|a|b|\n|-|-|\n|1|2|", 500), "```\n|a|b|\n|-|-|\n|1|2|\n```");
  EXPECT_EQ(mrkdwn_of("\\*not\\* &lt;!here&gt;", 500), "*not* &lt;!here&gt;");
}

TEST(Markdown, ClosesWhatItCuts) {
  std::string_view markdown =
      "**bold [link](https://x.org/?a=1&b=2) and** <!channel>\n```\ncode & more code\n```\n| a | b |\n> quote";
  for (std::size_t limit = 8; limit < 200; ++limit) {
    auto text = mrkdwn_of(markdown, limit);
    EXPECT_LE(length(text), limit) << text;
    EXPECT_THAT(fakes::slack::problems_of_mrkdwn(text), IsEmpty()) << limit << ": " << text;
  }
}

}  // namespace
}  // namespace sinks::slack
