// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "bus/bus.h"
#include "bus/kafka/kafka_bus.h"

namespace bus::kafka {

// A topic of an installation, compared with what would be made.
struct InspectedTopic {
  std::string name;                      // On the cluster.
  bool exists = false;                   // One that doesn't is made when it is needed.
  std::vector<std::string> differences;  // Sentences for people; empty: as it should be.
};

// What a cluster says of an installation.
struct Inspection {
  std::string cluster;
  int brokers = 0;
  std::vector<InspectedTopic> topics;
};

// Looks at the topics that these stages read and keep their states in, and at `others`; makes and alters nothing.
// Blocks; fails when no broker answers within some seconds.
base::Result<Inspection> inspect(const KafkaOptions& options, const std::vector<StageSpec>& stages,
                                 const std::vector<std::string>& others);

}  // namespace bus::kafka
