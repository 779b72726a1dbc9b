// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "base/result.h"
#include "bus/archive.h"
#include "bus/kafka/kafka_bus.h"

namespace bus::kafka {

// What is in the topics of an installation, while processes run on them or not. Fails when no broker answers within
// some seconds, and its calls when one stops answering.
//
// Records of a topic come partition after partition, in order within each; newest first they come in the order of
// their times. Topics are read in pieces: memory does not grow with them.
//
// Nothing on Kafka can be read at one moment, so hold_still() remembers how far every stage is, and what is read after
// it is judged by that: a record counts only if what caused it is done. So the sums of a ledger come out beside running
// processes, and after a crash.
base::Result<std::unique_ptr<Archive>> open_kafka_archive(const KafkaOptions& options);

}  // namespace bus::kafka
