// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <png.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "charts/palette.h"

namespace charts {

// A PNG as libpng reads it.
struct DecodedPng {
  int width = 0;
  int height = 0;
  std::vector<Color> pixels;

  Color at(int x, int y) const {
    return pixels[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)];
  }

  // Pixels of a colour, or near it, in a rectangle.
  int count(Color color, int x0, int y0, int x1, int y1, int tolerance = 0) const {
    int found = 0;
    for (int y = y0; y < y1; ++y) {
      for (int x = x0; x < x1; ++x) {
        Color c = at(x, y);
        found += std::abs(c.red - color.red) <= tolerance && std::abs(c.green - color.green) <= tolerance &&
                 std::abs(c.blue - color.blue) <= tolerance;
      }
    }
    return found;
  }
  int count(Color color, int tolerance = 0) const { return count(color, 0, 0, width, height, tolerance); }
};

// An empty picture when the bytes are not a PNG.
inline DecodedPng decode_png(const std::string& bytes) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  if (png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()) == 0) return {};
  image.format = PNG_FORMAT_RGB;
  std::vector<png_byte> buffer(PNG_IMAGE_SIZE(image));
  if (png_image_finish_read(&image, nullptr, buffer.data(), 0, nullptr) == 0) return {};
  DecodedPng decoded{static_cast<int>(image.width), static_cast<int>(image.height), {}};
  for (std::size_t i = 0; i + 2 < buffer.size(); i += 3) {
    decoded.pixels.push_back({buffer[i], buffer[i + 1], buffer[i + 2]});
  }
  return decoded;
}

}  // namespace charts
