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
// The stage that sends its digests: "digest.<name>", and the key of a lane there.
std::string digest_stage(std::string_view sink);
std::string digest_key(std::string_view lane);
// The stage that its groups go through: "group.<name>".
std::string group_stage(std::string_view sink);
// The table of these stages with what waits for its digest or summary.
inline constexpr std::string_view kGatheredTable = "gathered";

// The deliveries of a sink that have not ended: those it has not come to, those that wait for another attempt,
// ends that must last first, and those that wait to be told in a digest or a summary.
base::Result<std::int64_t> pending_deliveries(const bus::Archive& archive, std::string_view sink);
// Calls `visit` with the record of each of them that is not on its way into a digest or through a group.
base::Result<void> scan_pending_deliveries(const bus::Archive& archive, std::string_view sink,
                                           const std::function<void(const std::string& delivery)>& visit);
// Calls `visit` with the record (sinks/digest.h) of each that is.
base::Result<void> scan_gathering(const bus::Archive& archive, std::string_view sink,
                                  const std::function<void(const std::string& folded)>& visit);

// Whether a record of topic `deliveries.<sink>` is one that its group has sent back, rather than one that was made.
bool has_been_grouped(const bus::Record& record);

}  // namespace sinks
