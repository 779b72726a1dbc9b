// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "schemas/codec/records.h"
#include "tests/fakes/random_records.h"
#include "tests/fakes/rounds.h"

namespace schemas {
namespace {

constexpr int kRounds = fakes::rounds(300);

// Encodes, decodes and encodes again: the texts are equal when nothing got lost or changed on the way.
template <class T, class Decode>
void expect_round_trips(T (fakes::RandomRecords::*make)(), Decode decode) {
  for (int seed = 0; seed < kRounds; ++seed) {
    fakes::RandomRecords random(seed);
    std::string text = encode((random.*make)());

    auto read = decode(text);

    ASSERT_TRUE(read.has_value()) << read.error().message << " seed " << seed;
    ASSERT_EQ(encode(read.value()), text) << "seed " << seed;
  }
}

TEST(RoundTrip, KeepsEveryFieldOfAnEvent) { expect_round_trips(&fakes::RandomRecords::event, decode_event); }
TEST(RoundTrip, KeepsEveryFieldOfAFinding) { expect_round_trips(&fakes::RandomRecords::finding, decode_finding); }
TEST(RoundTrip, KeepsEveryFieldOfATransition) {
  expect_round_trips(&fakes::RandomRecords::transition, decode_transition);
}
TEST(RoundTrip, KeepsEveryFieldOfADelivery) { expect_round_trips(&fakes::RandomRecords::delivery, decode_delivery); }
TEST(RoundTrip, KeepsEveryFieldOfAReceipt) { expect_round_trips(&fakes::RandomRecords::receipt, decode_receipt); }
TEST(RoundTrip, KeepsEveryFieldOfATrace) { expect_round_trips(&fakes::RandomRecords::trace, decode_trace); }

TEST(RoundTrip, KeepsTheValuesOfAFinding) {
  for (int seed = 0; seed < kRounds; ++seed) {
    fakes::RandomRecords random(seed);
    Finding made = random.finding();

    Finding read = decode_finding(encode(made)).value();

    EXPECT_EQ(read.enrichments, made.enrichments) << seed;
    EXPECT_EQ(read.subject, made.subject);
    EXPECT_EQ(read.incident, made.incident);
    EXPECT_EQ(read.links, made.links);
    EXPECT_EQ(read.missing, made.missing);
    EXPECT_EQ(read.trace, made.trace);
    EXPECT_EQ(read.starts_at, made.starts_at);
    EXPECT_EQ(read.created, made.created);
    EXPECT_EQ(read.hold_down, made.hold_down);
    EXPECT_EQ(read.quiet_time, made.quiet_time);
    EXPECT_EQ(read.severity, made.severity);
  }
}

TEST(RoundTrip, KeepsEveryKindOfBlock) {
  for (int seed = 0; seed < kRounds; ++seed) {
    fakes::RandomRecords random(seed);
    Block made = random.block(static_cast<std::size_t>(seed) % 12);

    auto read = codec::decode<Block>(codec::to_text(made), "block");

    ASSERT_TRUE(read.has_value()) << read.error().message;
    EXPECT_EQ(read.value(), made) << codec::to_text(made);
  }
}

TEST(RoundTrip, KeepsAnAlertAndAnIncidentByThemselves) {
  for (int seed = 0; seed < kRounds; ++seed) {
    fakes::RandomRecords random(seed);
    Alert alert = random.alert();
    Incident incident = random.incident();

    Alert read = codec::decode<Alert>(codec::to_text(alert), "alert").value();
    EXPECT_EQ(codec::to_text(read), codec::to_text(alert));
    EXPECT_EQ(codec::decode<Incident>(codec::to_text(incident), "incident").value(), incident);
  }
}

}  // namespace
}  // namespace schemas
