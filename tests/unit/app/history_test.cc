// SPDX-License-Identifier: Apache-2.0
#include "app/history.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "sinks/digest.h"
#include "tests/fakes/told_incident.h"

namespace {

using schemas::DeliveryOutcome;
using schemas::TransitionState;

class Histories : public ::testing::Test {
 protected:
  Histories() {
    auto opened = told_.transition("t-1", TransitionState::kOpened, told_.finding("f-1", "e-1", 0));
    auto resolved = told_.transition("t-2", TransitionState::kResolved, told_.finding("f-2", "e-2", 5));
    told_.receipt(opened, "chat", DeliveryOutcome::kDelivered, 1);
    told_.receipt(opened, "mail", DeliveryOutcome::kSuppressed, 0, "muted");
    told_.receipt(resolved, "chat", DeliveryOutcome::kDeadLettered, 6, "auth");
    told_.pending(resolved, "pager", 3);
  }

  // "chat/delivered", in the order given.
  std::vector<std::string> read(const app::HistoryFilter& filter, std::size_t limit = 100) {
    std::vector<std::string> lines;
    auto history = app::read_history(archive_, filter, limit);
    for (const auto& line : history.value()) {
      lines.push_back(line.receipt.sink + "/" + line.outcome());
    }
    return lines;
  }

  fakes::FakeArchive archive_;
  fakes::ToldIncident told_{archive_};
};

using Lines = std::vector<std::string>;

TEST_F(Histories, HaveTheNewestLast) {
  EXPECT_EQ(read({}), (Lines{"mail/suppressed", "chat/delivered", "pager/pending", "chat/dead_lettered"}));
}

TEST_F(Histories, AreCutAtTheirOldEnd) { EXPECT_EQ(read({}, 2), (Lines{"pager/pending", "chat/dead_lettered"})); }

TEST_F(Histories, AreFiltered) {
  EXPECT_EQ(read({.sinks = {"chat"}}), (Lines{"chat/delivered", "chat/dead_lettered"}));
  EXPECT_EQ(read({.outcomes = {"suppressed", "pending"}}), (Lines{"mail/suppressed", "pager/pending"}));
  EXPECT_EQ(read({.states = {"resolved"}}), (Lines{"pager/pending", "chat/dead_lettered"}));
  EXPECT_EQ(read({.since = fakes::ToldIncident::at(3)}), (Lines{"pager/pending", "chat/dead_lettered"}));
  EXPECT_EQ(read({.incident = "incident-1"}).size(), 4u);
  EXPECT_EQ(read({.incident = "key-"}).size(), 4u);
  EXPECT_EQ(read({.incident = "incident-2"}).size(), 0u);
  EXPECT_EQ(read({.at_least = schemas::Severity::kHigh}).size(), 4u);
  EXPECT_EQ(read({.at_least = schemas::Severity::kCritical}).size(), 0u);
}

TEST_F(Histories, HaveWhatWaitsForADigest) {
  auto opened = told_.transition("t-3", TransitionState::kOpened, told_.finding("f-3", "e-3", 7));
  auto folded = sinks::fold({.id = "d-3", .sink = "page", .transition = opened}, "lane", false);
  archive_.records["digests.page"];
  archive_.pending[{"digest.page", "digests.page"}].push_back({.value = sinks::encode(folded)});
  archive_.state[{"digest.page", "gathered"}] = {{"lane:", "1", sinks::encode(folded)}};

  auto lines = app::read_history(archive_, {.sinks = {"page"}}, 10).value();

  ASSERT_EQ(lines.size(), 2u);
  for (const auto& line : lines) {
    EXPECT_EQ(line.outcome(), "pending");
    EXPECT_EQ(line.receipt.reason, "for_digest");
    EXPECT_EQ(line.receipt.title, "cart is down");
    EXPECT_EQ(line.receipt.at, fakes::ToldIncident::at(7));
  }
}

TEST_F(Histories, AreReceiptsAsJson) {
  auto lines = app::read_history(archive_, {.sinks = {"pager"}}, 1);

  auto json = app::to_json(lines.value().at(0));

  EXPECT_EQ(json.at("outcome"), "pending");
  EXPECT_EQ(json.at("sink"), "pager");
  EXPECT_EQ(json.at("state"), "resolved");
  EXPECT_EQ(json.at("severity"), "HIGH");
  EXPECT_EQ(json.at("title"), "cart is down");
  EXPECT_EQ(json.at("incident_key"), "key-1");
  EXPECT_FALSE(json.contains("attempts")) << "nobody says how often it was tried";
}

TEST(ReceiptTitles, AreCutBetweenCharacters) {
  schemas::Transition transition;
  transition.incident.title = std::string(schemas::kReceiptTitle - 1, 'x') + "\xc3\xa4";  // An umlaut over the edge.

  auto receipt = schemas::receipt_of(transition, "d", "s", DeliveryOutcome::kDelivered);

  EXPECT_EQ(receipt.title, std::string(schemas::kReceiptTitle - 1, 'x'));
}

}  // namespace
