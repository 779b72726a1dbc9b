// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/chart.h"
#include "base/result.h"

namespace charts {

// How large a picture is drawn.
struct PngOptions {
  int width = 800;  // Pixels at scale 1.
  int height = 400;
  int scale = 1;  // 2 for dense screens: twice the pixels, the same layout.
};

// Draws a chart as a PNG. Blocking and CPU-bound (some milliseconds): call it on a pool for such work. Thread-safe.
// Fails only for a size out of 100..4000 pixels or a scale out of 1..3 (kBadRequest), and where the libraries that draw
// are not installed (kNotFound, logged once). A chart without samples is drawn as empty axes that say "no data".
base::Result<std::string> render_png(const base::Chart& chart, const PngOptions& options = {});

// One line of block characters for terminals, `width` columns, each series' newest values at the right:
// "▁▂▃▅▇  12.3 MiB". A gap is a space.
std::string sparkline(const base::Series& series, const base::Chart& chart, int width);

// A value as the axis writes it: "1.5 GiB", "25 %", "250m", "1.2k".
std::string format_value(double value, base::Unit unit);

}  // namespace charts
