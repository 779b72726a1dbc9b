// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "charts/canvas.h"

namespace charts {

// A picture with one byte a pixel: an index into `colors` (0xRRGGBB, at most 256).
struct IndexedImage {
  int width = 0;
  int height = 0;
  std::vector<std::uint32_t> colors;
  std::vector<std::uint8_t> pixels;  // Rows of PNG: a zero byte (no filter), then the row's pixels.
};

// Reduces a picture to 256 colours: `exact` (at most 64), then the most frequent, and for each other colour its
// nearest.
IndexedImage quantize(const Canvas& canvas, std::span<const Color> exact);

}  // namespace charts
