// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/result.h"
#include "charts/geometry.h"
#include "charts/palette.h"

namespace charts {

// How a text stands at its position: which part of it is there.
enum class Align { kLeft, kCenter, kRight };

// How a text is written.
struct TextStyle {
  double size = 11;  // Pixels at scale 1.
  bool bold = false;
  Color color = kInk;
};

// A white picture to draw on, in pixels at scale 1. Not thread-safe; several canvases may be drawn on at the same time.
class Canvas {
 public:
  // The first one loads the drawing libraries; fails (kNotFound) if they are not installed, which is looked at once.
  static base::Result<Canvas> make(int width, int height, int scale);
  Canvas(Canvas&& other) noexcept;
  ~Canvas();

  // Draws only inside of `area` until the next call; nothing else may be clipped meanwhile.
  void clip(const Rect& area);
  void unclip();

  void fill(const Rect& area, Color color);
  // A straight line along the pixels.
  void line(Point from, Point to, Color color, double width, std::span<const double> dashes = {});
  void polyline(std::span<const Point> points, Color color, double width, std::span<const double> dashes);
  void polygon(std::span<const Point> points, Color color, double opacity);
  void dot(Point center, double radius, Color color);

  // Widths are the same at every scale.
  double text_width(const std::string& text, const TextStyle& style);
  // One line of text, its middle at the height of `at`. Requires: valid UTF-8.
  void text(Point at, const std::string& text, const TextStyle& style, Align align = Align::kLeft);

  int pixel_width() const { return pixel_width_; }
  int pixel_height() const { return pixel_height_; }
  // One row of pixels, 0xXXRRGGBB each; valid until the next drawing.
  std::span<const std::uint32_t> row(int y) const;

 private:
  struct Handles;
  struct Shaped;
  Canvas(int width, int height, int scale);
  void set_color(Color color, double opacity = 1);
  // Texts are measured before they are drawn: what was shaped once is kept until the canvas dies.
  const Shaped& shape(const std::string& text, const TextStyle& style);

  int pixel_width_;
  int pixel_height_;
  std::unique_ptr<Handles> handles_;
};

}  // namespace charts
