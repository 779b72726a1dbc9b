// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/chart.h"

namespace charts {

// An opaque sRGB colour.
struct Color {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;
  friend bool operator==(const Color&, const Color&) = default;
};

// How one series is drawn. `dashes` are lengths of strokes and spaces in pixels; empty is a solid line.
struct SeriesStyle {
  Color color;
  std::span<const double> dashes;
};

inline constexpr std::size_t kSeriesColors = 12;

inline constexpr Color kWhite{255, 255, 255};
inline constexpr Color kInk{31, 35, 40};        // Titles and names.
inline constexpr Color kMutedInk{89, 99, 110};  // Axis labels; contrast 6:1 on white.
inline constexpr Color kGrid{233, 236, 239};
inline constexpr Color kAxis{201, 206, 212};
inline constexpr Color kMarkerInk{110, 64, 170};  // Event lines: no series has this violet.

// The style of the series at `index`: twelve colours that people with any of the common colour blindnesses can tell
// apart, then the same again dashed in three ways.
SeriesStyle series_style(std::size_t index);

// Limits red, requests green, thresholds amber.
Color line_color(base::ReferenceLine::Kind kind);

}  // namespace charts
