// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace bus::kafka {

// Names of the headers of a record: docs/formats/kafka-topics.md.
inline constexpr std::string_view kTimeHeader = "t";         // Nanoseconds since the epoch, decimal.
inline constexpr std::string_view kCauseHeader = "c";        // pack(Cause).
inline constexpr std::string_view kCountsHeader = "n";       // A JSON object: counter to how much.
inline constexpr std::string_view kChunkHeader = "k";        // Packed: origin, set, index, count, bytes of all.
inline constexpr std::string_view kCompressionHeader = "z";  // How the value is compressed:
inline constexpr std::string_view kZstd = "zstd";

}  // namespace bus::kafka
