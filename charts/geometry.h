// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace charts {

// Pixels at scale 1; the origin is the top left corner of the picture.
struct Point {
  double x = 0;
  double y = 0;
  friend bool operator==(const Point&, const Point&) = default;
};

// An area, by its top left corner.
struct Rect {
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;

  double right() const { return x + width; }
  double bottom() const { return y + height; }
};

}  // namespace charts
