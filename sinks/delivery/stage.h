// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "bus/archive.h"

namespace sinks {

// The stage that works off a sink's deliveries: "sink.<name>". `sink` as sink_name() has it.
std::string delivery_stage(std::string_view sink);

// The deliveries of a sink that have not ended: those it has not come to, and those that wait for another attempt.
base::Result<std::int64_t> pending_deliveries(const bus::Archive& archive, std::string_view sink);
// Calls `visit` with the record of each of them.
base::Result<void> scan_pending_deliveries(const bus::Archive& archive, std::string_view sink,
                                           const std::function<void(const std::string& delivery)>& visit);

}  // namespace sinks
