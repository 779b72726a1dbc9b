// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "schemas/transition.h"

namespace sinks {

// What is left of a transition without evidence fits: ids, identity, title, severity, some links.
inline constexpr std::size_t kSmallestLimit = 4096;

// The transition as JSON in at most `limit` bytes, valid by its schema like any other. What does not fit is given up in
// this order, each only as far as needed: the trace; files, from their beginning, because the newest lines tell most;
// pictures; every second sample of charts; rows of tables, lists, key-values and diffs; long texts; whole enrichments;
// annotations, labels and members; links, from the last. Title and severity stay, a title in its first words.
// finding.missing then has an entry by `who` that says what was cut.
// Fails with kTooLarge (never) if all that is not enough. Requires: limit >= kSmallestLimit.
base::Result<std::string> encode_within(const schemas::Transition& transition, std::size_t limit, std::string_view who);

// The first `limit` bytes of a text at most, ending between characters, with "…" where it was cut.
std::string cut_text(std::string text, std::size_t limit);
// The last ones.
std::string cut_front(std::string text, std::size_t limit);

}  // namespace sinks
