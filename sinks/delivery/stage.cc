// SPDX-License-Identifier: Apache-2.0
#include "sinks/delivery/stage.h"

#include "schemas/topics.h"
#include "sinks/delivery/parked.h"

namespace sinks {

std::string delivery_stage(std::string_view sink) { return "sink." + std::string(sink); }

base::Result<void> scan_pending_deliveries(const bus::Archive& archive, std::string_view sink,
                                           const std::function<void(const std::string&)>& visit) {
  auto stage = delivery_stage(sink);
  BOOST_OUTCOME_TRY(archive.scan_pending(stage, schemas::topics::deliveries(sink), [&](const bus::Record& record) {
    visit(record.value);
    return true;
  }));
  return archive.scan_state(stage, ParkedQueue::kTable,
                            [&](const std::string&, const std::string&, const std::string& value) { visit(value); });
}

base::Result<std::int64_t> pending_deliveries(const bus::Archive& archive, std::string_view sink) {
  std::int64_t count = 0;
  BOOST_OUTCOME_TRY(scan_pending_deliveries(archive, sink, [&](const std::string&) { ++count; }));
  return count;
}

}  // namespace sinks
