// SPDX-License-Identifier: Apache-2.0
#include "base/metrics.h"

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(Metrics, GivesTheSameMetricForTheSameNameAndLabels) {
  Metrics metrics;
  auto& first = metrics.counter("tocsin_events_total", "Events.", {{"source", "a"}});
  auto& other = metrics.counter("tocsin_events_total", "Events.", {{"source", "b"}});

  EXPECT_EQ(&metrics.counter("tocsin_events_total", "Events.", {{"source", "a"}}), &first);
  EXPECT_NE(&other, &first);
}

TEST(Metrics, ExposesThemAsText) {
  Metrics metrics;
  metrics.counter("tocsin_events_total", "Events accepted.", {{"source", "a\"b"}}).Increment(2);
  metrics.gauge("tocsin_queue", "Waiting.").Set(3);
  metrics.seconds("tocsin_wait_seconds", "Waited.").Observe(0.003);

  auto text = metrics.expose();

  for (const char* part : {"# HELP tocsin_events_total Events accepted.\n", "# TYPE tocsin_events_total counter\n",
                           "tocsin_events_total{source=\"a\\\"b\"} 2\n", "tocsin_queue 3\n",
                           "tocsin_wait_seconds_bucket{le=\"0.0025\"} 0\n",
                           "tocsin_wait_seconds_bucket{le=\"0.005\"} 1\n", "tocsin_wait_seconds_count 1\n"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
}

}  // namespace
}  // namespace base
