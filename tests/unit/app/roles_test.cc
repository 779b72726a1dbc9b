// SPDX-License-Identifier: Apache-2.0
#include "app/roles.h"

#include <gtest/gtest.h>

namespace {

using app::BusType;
using app::Roles;

TEST(Roles, ArePartsOfASharedLogOnly) {
  for (const std::vector<std::string>& part :
       {std::vector<std::string>{"ingest"}, {"investigate"}, {"playbooks", "incidents", "sinks"}}) {
    EXPECT_FALSE(Roles::of(part).fit(BusType::kEmbedded));
    EXPECT_TRUE(Roles::of(part).fit(BusType::kKafka));
  }
}

TEST(Roles, AreAllThereWithoutTheOneThatHasNoWorkYet) {
  EXPECT_TRUE(Roles::of({}).fit(BusType::kEmbedded));
  EXPECT_TRUE(Roles::of({"ingest", "playbooks", "incidents", "sinks"}).fit(BusType::kEmbedded));
}

TEST(Roles, AreKnownByTheirNames) {
  for (const std::vector<std::string>& names :
       {std::vector<std::string>{"ingest", "playbooks", "incidents", "sinks", "investigate"}, {"incidents"}}) {
    EXPECT_EQ(Roles::of(names).names(), names);
  }
}

TEST(Roles, HaveNoWorkWhereOnlyInvestigationsAre) {
  EXPECT_FALSE(Roles::of({"investigate"}).has_work());
  EXPECT_TRUE(Roles::of({"investigate", "sinks"}).has_work());
}

}  // namespace
