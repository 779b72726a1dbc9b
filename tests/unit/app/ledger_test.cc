// SPDX-License-Identifier: Apache-2.0
#include "app/ledger.h"

#include <gtest/gtest.h>

#include "tests/fakes/fake_archive.h"

namespace {

bus::Record record(const char* value = "{}") {
  bus::Record made;
  made.value = value;
  return made;
}

TEST(Ledgers, AddCountersAndWhatIsPending) {
  fakes::FakeArchive archive;
  archive.counts = {{"events/received", 5}, {"events/in_incident/opened", 2}, {"events/silenced/Watchdog", 1}};
  archive.pending[{"playbooks", "events"}] = {record(), record()};

  auto ledger = app::read_ledger(archive);

  ASSERT_TRUE(ledger);
  EXPECT_TRUE(archive.held);
  EXPECT_EQ(ledger.value().events.outcomes.at("pending").by_reason.at("playbooks"), 2);
  EXPECT_EQ(ledger.value().difference(), 0);
}

// On Kafka the next stage may be done with an event before the splitter's own position says that it made it.
TEST(Ledgers, DoNotCountTwiceWhatAStageIsAheadWith) {
  fakes::FakeArchive archive;
  archive.counts = {{"events/received", 2}, {"events/in_incident/opened", 1}};
  archive.pending[{"split", "intake"}] = {record(), record()};
  archive.ahead[{"playbooks", "events"}] = {record()};

  auto ledger = app::read_ledger(archive);

  ASSERT_TRUE(ledger);
  EXPECT_EQ(ledger.value().events.outcomes.at("pending").by_reason.at("split"), 1);
  EXPECT_EQ(ledger.value().difference(), 0);
}

TEST(Ledgers, CountADeliveryAsMadeThatASinkIsAheadWith) {
  fakes::FakeArchive archive;
  archive.records["deliveries.pager"] = {};
  archive.counts = {{"deliveries/made/pager", 3}, {"deliveries/delivered/pager", 4}};
  archive.ahead[{"sink.pager", "deliveries.pager"}] = {record()};

  auto ledger = app::read_ledger(archive);

  ASSERT_TRUE(ledger);
  EXPECT_EQ(ledger.value().deliveries.in, 4);
  EXPECT_EQ(ledger.value().difference(), 0);
}

}  // namespace
