// SPDX-License-Identifier: Apache-2.0
#include "charts/quantizer.h"

#include <algorithm>
#include <limits>

namespace charts {
namespace {

constexpr std::size_t kMaxColors = 256;
constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

std::uint32_t packed(Color color) {
  return static_cast<std::uint32_t>(color.red) << 16 | static_cast<std::uint32_t>(color.green) << 8 | color.blue;
}

// The upper five bits of each channel: 32,768 cells, whose numbers fit the first-level cache of a processor.
std::uint32_t cell_of(std::uint32_t color) {
  return (color >> 9 & 0x7C00) | (color >> 6 & 0x03E0) | (color >> 3 & 0x001F);
}

// The colours of a picture in order of their first appearance. Colours of one cell, which differ by less than 8 in each
// channel, count as the first of them.
class Census {
 public:
  Census() : id_of_cell_(1 << 15, kNone) {}

  std::uint32_t id(std::uint32_t color) {
    std::uint32_t& id = id_of_cell_[cell_of(color)];
    if (id == kNone) {
      id = static_cast<std::uint32_t>(colors_.size());
      colors_.push_back(color & 0xFFFFFF);
      counts_.push_back(0);
    }
    return id;
  }
  void add(std::uint32_t id, std::size_t pixels) { counts_[id] += pixels; }

  const std::vector<std::uint32_t>& colors() const { return colors_; }
  const std::vector<std::size_t>& counts() const { return counts_; }

 private:
  std::vector<std::uint32_t> id_of_cell_;
  std::vector<std::uint32_t> colors_;
  std::vector<std::size_t> counts_;
};

// Eight at a time where it can: most of a chart is white.
std::size_t end_of_run(std::span<const std::uint32_t> row, std::size_t x, std::uint32_t color) {
  while (x + 8 <= row.size()) {
    std::uint32_t difference = 0;
    for (std::size_t i = 0; i < 8; ++i) difference |= row[x + i] ^ color;
    if (difference != 0) break;
    x += 8;
  }
  while (x < row.size() && row[x] == color) ++x;
  return x;
}

int distance(std::uint32_t a, std::uint32_t b) {
  int red = static_cast<int>(a >> 16) - static_cast<int>(b >> 16);
  int green = static_cast<int>(a >> 8 & 0xFF) - static_cast<int>(b >> 8 & 0xFF);
  int blue = static_cast<int>(a & 0xFF) - static_cast<int>(b & 0xFF);
  return 2 * red * red + 4 * green * green + 3 * blue * blue;
}

std::uint8_t nearest(std::uint32_t color, const std::vector<std::uint32_t>& palette) {
  auto closer = [&](std::uint32_t a, std::uint32_t b) { return distance(a, color) < distance(b, color); };
  return static_cast<std::uint8_t>(std::min_element(palette.begin(), palette.end(), closer) - palette.begin());
}

// Fills `palette` and returns the place in it of each colour of the census.
std::vector<std::uint8_t> choose_palette(const Census& census, std::size_t exact, std::vector<std::uint32_t>& palette) {
  std::vector<std::uint32_t> order(census.colors().size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin() + static_cast<std::ptrdiff_t>(exact), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return census.counts()[a] > census.counts()[b]; });
  std::vector<std::uint8_t> place(order.size());
  std::size_t chosen = std::min(order.size(), kMaxColors);
  for (std::size_t i = 0; i < chosen; ++i) {
    place[order[i]] = static_cast<std::uint8_t>(i);
    palette.push_back(census.colors()[order[i]]);
  }
  for (std::size_t i = chosen; i < order.size(); ++i) place[order[i]] = nearest(census.colors()[order[i]], palette);
  return place;
}

}  // namespace

IndexedImage quantize(const Canvas& canvas, std::span<const Color> exact) {
  Census census;
  for (Color color : exact) census.id(packed(color));
  std::size_t exact_colors = census.colors().size();

  IndexedImage image{canvas.pixel_width(), canvas.pixel_height(), {}, {}};
  auto width = static_cast<std::size_t>(image.width);
  std::vector<std::uint16_t> ids(width * static_cast<std::size_t>(image.height));
  std::uint16_t* next = ids.data();
  for (int y = 0; y < image.height; ++y) {
    std::span<const std::uint32_t> row = canvas.row(y);
    for (std::size_t x = 0; x < width;) {
      std::size_t begin = x;
      std::uint32_t color = row[x];
      x = end_of_run(row, x, color);
      std::uint32_t id = census.id(color);
      census.add(id, x - begin);
      next = std::fill_n(next, x - begin, static_cast<std::uint16_t>(id));
    }
  }

  std::vector<std::uint8_t> place = choose_palette(census, exact_colors, image.colors);
  image.pixels.resize(ids.size() + static_cast<std::size_t>(image.height));
  const std::uint16_t* from = ids.data();
  std::uint8_t* to = image.pixels.data();
  for (int y = 0; y < image.height; ++y) {
    *to++ = 0;
    for (std::size_t x = 0; x < width; ++x) *to++ = place[*from++];
  }
  return image;
}

}  // namespace charts
