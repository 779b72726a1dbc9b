// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "charts/layout.h"
#include "charts/names.h"

namespace charts {

// The legend below the plot: rows and columns of equal width.
struct Legend {
  std::vector<LegendEntry> entries;
  PlacedText more;
  double height = 0;
};

// As many entries as fit into `max_rows` rows of `width` pixels, placed from (0, 0); the rest is counted.
Legend make_legend(const base::Chart& chart, double width, int max_rows, Canvas& canvas);

// `text` elided (names.h) until it is no wider than `width`.
std::string fit(const std::string& text, SharedEnds shared, double width, const TextStyle& style, Canvas& canvas);

}  // namespace charts
