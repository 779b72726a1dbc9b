// SPDX-License-Identifier: Apache-2.0
#include "schemas/labels.h"

#include <gtest/gtest.h>

#include "schemas/severity.h"

namespace schemas {
namespace {

TEST(Fingerprint, IsAlertmanagers) {
  EXPECT_EQ(fingerprint({}), "cbf29ce484222325");
  EXPECT_EQ(fingerprint({{"alertname", "X"}}), "d2aeefc389ca7746");
  EXPECT_EQ(fingerprint({{"severity", "warning"},
                         {"alertname", "KubePodCrashLooping"},
                         {"pod", "cart-7d9f"},
                         {"container", "cart"},
                         {"namespace", "shop"}}),
            "a1031e04303fff86");
}

TEST(Severity, IsReadInAnyLetterCase) {
  EXPECT_EQ(parse_severity("critical"), Severity::kCritical);
  EXPECT_EQ(parse_severity("Low"), Severity::kLow);
  EXPECT_EQ(parse_severity("warning"), std::nullopt);
  EXPECT_EQ(to_string(Severity::kHigh), "HIGH");
}

TEST(Severity, OfAnAlertsLabelFollowsTheTable) {
  EXPECT_EQ(severity_of_label("Critical"), Severity::kCritical);
  EXPECT_EQ(severity_of_label("error"), Severity::kHigh);
  EXPECT_EQ(severity_of_label("high"), Severity::kHigh);
  EXPECT_EQ(severity_of_label("medium"), Severity::kMedium);
  EXPECT_EQ(severity_of_label("warning"), Severity::kLow);
  EXPECT_EQ(severity_of_label("none"), Severity::kInfo);
  EXPECT_EQ(severity_of_label("debug"), Severity::kDebug);
  EXPECT_EQ(severity_of_label("page"), std::nullopt);
  EXPECT_EQ(severity_of_label(""), std::nullopt);
}

}  // namespace
}  // namespace schemas
