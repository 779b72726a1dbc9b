// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "tests/harness/kafka_cluster.h"

namespace acceptance {

// Puts a record into a topic as a stranger would, past tocsin; false if the broker does not take it.
bool produce_raw(const harness::KafkaCluster& kafka, const std::string& topic, std::int32_t partition,
                 const std::string& key, const std::string& value);

}  // namespace acceptance
