// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "schemas/transition.h"

namespace sinks {

// How a text is laid out.
struct TextOptions {
  std::size_t width = 100;     // Columns; at least 40.
  bool colour = false;         // ANSI colours, for terminals.
  std::size_t max_lines = 30;  // Of one file, table or list; what is left out is counted.
};

// A finding for people at a terminal: what, where, since when, then the evidence (tables aligned, charts as sparklines,
// the last lines of logs), what evidence is missing and why, and the links. Pure. Ends with a line break.
std::string render_text(const schemas::Finding& finding, const TextOptions& options = {});
// The same, with what the transition says of its incident.
std::string render_text(const schemas::Transition& transition, const TextOptions& options = {});

}  // namespace sinks
