// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "schemas/finding.h"
#include "sinks/slack/message.h"
#include "sinks/slack/piece.h"

namespace sinks::slack {

// With two blocks a piece (a caption and itself) these leave ten of the 50 blocks to the rest of the message.
inline constexpr std::size_t kMostPieces = 20;

// Everything that a finding shows, in the order in which it is of use: what happened, logs, graphs, what changed,
// texts, events, tables, an analysis, files, labels. Each piece within the limits of a block, all of them together may
// be too large. The pieces point into `finding`.
Drawing drawing_of(const schemas::Finding& finding, const Style& style);

// Cuts a drawing until it takes no more than `limit` bytes (see draw()). Requires: limit >= 5,000, which leaves room
// for what is never cut.
void cut_to(Drawing& drawing, std::size_t limit);

}  // namespace sinks::slack
