// SPDX-License-Identifier: Apache-2.0
#include "charts/palette.h"

#include <array>

namespace charts {
namespace {

// The six of Okabe and Ito that show well on white (https://jfly.uni-koeln.de/color/), then hues of Paul Tol's "muted"
// scheme that lie between them (https://personal.sron.nl/~pault/), ordered so that neighbours differ most.
constexpr std::array<Color, kSeriesColors> kColors{{
    {0, 114, 178},    // blue
    {230, 159, 0},    // orange
    {0, 158, 115},    // green
    {204, 121, 167},  // pink
    {213, 94, 0},     // vermilion
    {86, 180, 233},   // sky
    {51, 34, 136},    // indigo
    {153, 153, 51},   // olive
    {136, 34, 85},    // wine
    {68, 170, 153},   // teal
    {122, 84, 48},    // brown
    {70, 76, 84},     // slate
}};

constexpr double kLongDash[] = {7, 3};
constexpr double kShortDash[] = {2.5, 2.5};
constexpr double kDashDot[] = {8, 3, 2, 3};

}  // namespace

SeriesStyle series_style(std::size_t index) {
  static constexpr std::array<std::span<const double>, 4> kDashes{std::span<const double>{}, kLongDash, kShortDash,
                                                                  kDashDot};
  return {kColors[index % kColors.size()], kDashes[index / kColors.size() % kDashes.size()]};
}

Color line_color(base::ReferenceLine::Kind kind) {
  switch (kind) {
    case base::ReferenceLine::Kind::kLimit:
      return {207, 34, 46};
    case base::ReferenceLine::Kind::kRequest:
      return {26, 127, 55};
    case base::ReferenceLine::Kind::kThreshold:
      return {154, 103, 0};
  }
  return kInk;
}

}  // namespace charts
