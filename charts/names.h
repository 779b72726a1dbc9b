// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/chart.h"

namespace charts {

// Text fit to be drawn on one line: valid UTF-8 (U+FFFD for what was not), no control characters and none that change
// the direction of writing, no more than `max_chars` code points ("…" at the end when cut).
std::string clean_text(std::string_view text, std::size_t max_chars = 300);

// What the legend calls each series: its name, else those of its labels that not all series share ("pod=a, node=b", or
// the value alone where it is one label), else all its labels, else "series 3". Clean.
std::vector<std::string> legend_names(const std::vector<base::Series>& series);

// The code points that all names have in common at their beginning and at their end. Zero for less than two names.
struct SharedEnds {
  std::size_t front = 0;
  std::size_t back = 0;
};
SharedEnds shared_ends(const std::vector<std::string>& names);

// `name` in at most `max_chars` code points (at least 3), cut inside with "…" so that what tells it from the others
// stays as far as it fits. Requires: valid UTF-8.
std::string elide(const std::string& name, SharedEnds shared, std::size_t max_chars);

std::size_t count_chars(std::string_view utf8);

}  // namespace charts
