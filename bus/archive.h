// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bus/bus.h"

namespace bus {

// Read-only sight of what a bus keeps, for the verbs that look: it works beside a running process and without one, and
// changes nothing. Calls block on I/O. For one thread at a time.
class Archive {
 public:
  virtual ~Archive() = default;

  // From now on every call sees the log as it was at one moment, so that what is counted in several calls adds up
  // beside a running process. For short looks: the bus can't reclaim what the moment still shows.
  virtual base::Result<void> hold_still() = 0;

  virtual base::Result<std::vector<std::string>> topics() const = 0;
  // Calls `visit` for each record of a topic in order, from `from_offset`, until it returns false.
  virtual base::Result<void> scan(std::string_view topic, std::int64_t from_offset,
                                  const std::function<bool(const Record&)>& visit) const = 0;
  // The same from the newest back.
  virtual base::Result<void> scan_newest_first(std::string_view topic,
                                               const std::function<bool(const Record&)>& visit) const = 0;
  // Records of `topic` that `stage` is not done with, in order.
  virtual base::Result<void> scan_pending(std::string_view stage, std::string_view topic,
                                          const std::function<bool(const Record&)>& visit) const = 0;
  // Records of `topic` that `stage` is done with while the stage that made them is not known to be done with what
  // caused them: that will be handled again, and its outputs recognised. Only where stages don't share a log: beside
  // running processes, or after a crash.
  virtual base::Result<void> scan_ahead(std::string_view /*stage*/, std::string_view /*topic*/,
                                        const std::function<bool(const Record&)>& /*visit*/) const {
    return base::ok();
  }
  // Every state entry of a table of a stage.
  virtual base::Result<void> scan_state(std::string_view stage, std::string_view table,
                                        const std::function<void(const std::string& key, const std::string& entry,
                                                                 const std::string& value)>& visit) const = 0;
  virtual base::Result<std::map<std::string, std::int64_t>> counters() const = 0;
};

}  // namespace bus
