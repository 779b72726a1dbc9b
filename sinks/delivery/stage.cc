// SPDX-License-Identifier: Apache-2.0
#include "sinks/delivery/stage.h"

#include "schemas/topics.h"
#include "sinks/delivery/parked.h"

namespace sinks {

std::string delivery_stage(std::string_view sink) { return "sink." + std::string(sink); }

base::Result<std::int64_t> pending_deliveries(const bus::Archive& archive, std::string_view sink) {
  std::int64_t count = 0;
  auto stage = delivery_stage(sink);
  BOOST_OUTCOME_TRY(archive.scan_pending(stage, schemas::topics::deliveries(sink), [&](const bus::Record&) {
    ++count;
    return true;
  }));
  BOOST_OUTCOME_TRY(archive.scan_state(stage, ParkedQueue::kTable,
                                       [&](const std::string&, const std::string&, const std::string&) { ++count; }));
  return count;
}

}  // namespace sinks
