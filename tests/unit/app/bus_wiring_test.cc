// SPDX-License-Identifier: Apache-2.0
#include "app/bus_wiring.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "app/await.h"
#include "base/threads.h"
#include "tests/harness/temp_dir.h"

namespace {

// Whether a process with these roles opens the spool; no broker is there.
bool has_spool(const app::Roles& roles) {
  harness::TempDir dir;
  app::BusSection section;
  section.type = app::BusType::kKafka;
  section.kafka.emplace();
  section.kafka->bootstrap_servers = {"127.0.0.1:1"};
  section.kafka->spool = dir.path() + "/spool";
  base::SystemClock clock;
  base::Metrics metrics;
  base::Threads threads("work", 1);
  auto bus = app::make_bus(section, dir.path() + "/data", roles, {clock, metrics, threads.executor()});

  EXPECT_TRUE(bus->start());
  app::await(threads.executor(), bus->stop());

  return std::filesystem::exists(section.kafka->spool);
}

TEST(BusWiring, OpensTheSpoolWhereAlertsAreTakenIn) {
  EXPECT_TRUE(has_spool({}));
  EXPECT_TRUE(has_spool(app::Roles::of({"ingest"})));
  EXPECT_FALSE(has_spool(app::Roles::of({"playbooks", "incidents", "sinks"})));
}

}  // namespace
