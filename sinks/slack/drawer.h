// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "schemas/finding.h"
#include "sinks/slack/message.h"
#include "sinks/slack/piece.h"

namespace sinks::slack {

// The pieces of one enrichment, at most `most` and one more, each small enough for a block. Its links go to `links`.
// The pieces point into `enrichment`.
std::vector<Piece> draw_enrichment(const schemas::Enrichment& enrichment, bool is_analysis, const Style& style,
                                   std::size_t most, std::vector<schemas::Link>& links);

// The lines that a log piece shows, and the rows of any other without its header.
std::size_t shown_count(const Piece& piece);

}  // namespace sinks::slack
