// SPDX-License-Identifier: Apache-2.0
#include "enrichers/text/text_actions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "enrichers/alert/alert_actions.h"
#include "tests/unit/enrichers/running_action.h"

namespace {

using schemas::Link;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class TextActions : public fakes::RunningAction {
 protected:
  TextActions() : RunningAction({{"alertname", "Crash Loop&x"}, {"namespace", "shop"}, {"pod", "api-1"}}) {}

  std::vector<Link> links(const enrichers::ActionType& type, const std::string& params = "{}") {
    auto result = run(type, params);
    EXPECT_TRUE(result) << result.error().message;
    return result ? result.value().links : std::vector<Link>();
  }
};

TEST_F(TextActions, AButtonIsALinkWithNamesPutIn) {
  EXPECT_THAT(links(enrichers::button_enricher_type(),
                    "{button_text: 'Logs of $name$nothing', button_url: 'https://logs/?ns=${namespace}&pod=$pod'}"),
              ElementsAre(Link{"Logs of api-1", "https://logs/?ns=shop&pod=api-1"}));
}

TEST_F(TextActions, AValueCantEndThePartOfTheAddressThatItStandsIn) {
  label("pod", "a&admin=1#\"><x\n");
  EXPECT_THAT(links(enrichers::button_enricher_type(), "{button_text: Logs, button_url: 'https://logs/?pod=$pod&x=1'}"),
              ElementsAre(Link{"Logs", "https://logs/?pod=a%26admin%3D1%23%22%3E%3Cx%0A&x=1"}));
}

TEST_F(TextActions, AnAddressMayComeFromALabelAsAWhole) {
  label("wiki", "https://wiki/a?b=c");
  EXPECT_THAT(links(enrichers::button_enricher_type(), "{button_text: Wiki, button_url: $wiki}"),
              ElementsAre(Link{"Wiki", "https://wiki/a?b=c"}));
}

TEST_F(TextActions, NoButtonWithoutAnAddress) {
  EXPECT_THAT(links(enrichers::button_enricher_type(), "{button_text: Wiki, button_url: $labels.wiki}"), IsEmpty());
}

TEST_F(TextActions, AButtonOpensWebPagesOnly) {
  label("wiki", "javascript:alert(1)");
  auto result = run(enrichers::button_enricher_type(), "{button_text: Wiki, button_url: $wiki}");

  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("not an http or https address"));
}

TEST_F(TextActions, AVideoIsALink) {
  EXPECT_THAT(links(enrichers::external_video_enricher_type(), "{url: 'https://video/1', name: Overcommit}"),
              ElementsAre(Link{"🎬 Overcommit", "https://video/1"}));
}

TEST_F(TextActions, StackOverflowIsSearchedForTheAlertsName) {
  EXPECT_THAT(links(enrichers::stack_overflow_enricher_type()),
              ElementsAre(Link{"Search Stack Overflow for \"Crash Loop&x\"",
                               "https://stackoverflow.com/search?q=Crash%20Loop%26x"}));
}

TEST_F(TextActions, OpsgenieIsLinkedByFingerprint) {
  for (const char* base : {"example.app.opsgenie.com", "https://example.app.opsgenie.com/"}) {
    EXPECT_THAT(links(enrichers::opsgenie_slack_enricher_type(), std::string("url_base: '") + base + "'"),
                ElementsAre(Link{"Opsgenie alert", "https://example.app.opsgenie.com/alert/list?query=alias%3A00ff"}));
  }
}

TEST_F(TextActions, AnExplanationHasThePartsThatAreGiven) {
  auto both = run(enrichers::alert_explanation_enricher_type(), "{alert_explanation: a, recommended_resolution: b}");
  auto none = run(enrichers::alert_explanation_enricher_type());

  EXPECT_EQ(text_of(both.value(), 0), "📘 **Alert explanation:** a");
  EXPECT_EQ(text_of(both.value(), 1), "🛠 **Recommended resolution:** b");
  EXPECT_THAT(none.value().enrichments, IsEmpty());
}

TEST_F(TextActions, TheMinimalEnricherAddsNothing) {
  auto result = run(enrichers::minimal_default_enricher_type());

  EXPECT_THAT(result.value().enrichments, IsEmpty());
  EXPECT_THAT(result.value().links, IsEmpty());
}

}  // namespace
