// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/bus_section.h"
#include "app/roles.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "base/result.h"
#include "base/task.h"
#include "bus/archive.h"
#include "bus/bus.h"
#include "bus/kafka/inspection.h"
#include "bus/kafka/kafka_bus.h"

namespace app {

// The one place that decides where the log is: in the data directory, or on Kafka.

// What a bus stands on; outlives it.
struct BusDeps {
  base::Clock& clock;
  base::Metrics& metrics;
  base::Executor work;  // Where a spool drains.
  int stage_nice = 0;   // KafkaOptions::stage_nice.
};

// The bus of a process, not started. On Kafka the data directory holds what this process remembers of it, and one that
// takes in alerts has the spool.
std::unique_ptr<bus::Bus> make_bus(const BusSection& section, const std::string& data_dir, const Roles& roles,
                                   BusDeps deps);

// A look at the same log, beside the process or without it.
base::Result<std::unique_ptr<bus::Archive>> open_archive(const BusSection& section, const std::string& data_dir);

// What the cluster has of the topics that a configuration needs. Requires: the section has `kafka`.
base::Result<bus::kafka::Inspection> inspect_topics(const BusSection& section,
                                                    const std::vector<bus::StageSpec>& stages);

// What the section says, in the bus's own words. Requires: the section has `kafka`.
bus::kafka::KafkaOptions kafka_bus_options(const BusSection& section, const std::string& data_dir);

}  // namespace app
