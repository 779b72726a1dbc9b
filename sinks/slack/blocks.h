// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "sinks/slack/piece.h"

// Block Kit (https://docs.slack.dev/reference/block-kit/blocks). Texts in are what their names say: clean text or
// mrkdwn that is already within its limit.
namespace sinks::slack {

nlohmann::json header_block(std::string_view clean);
nlohmann::json section_block(std::string mrkdwn);
nlohmann::json context_block(std::string mrkdwn);
nlohmann::json image_block(const std::string& file_id, std::string_view title, std::string_view alt);
// Text as it is, in a font of one width.
nlohmann::json preformatted_block(std::string_view clean);
nlohmann::json link_button(const schemas::Link& link, std::size_t number);

// A bold title, and what was cut of what stands under it.
std::string caption(const Piece& piece, const std::string& note);

// What a drawing's pieces look like: one or two blocks each. `file_ids` are the uploads'.
std::vector<nlohmann::json> evidence_blocks(const Drawing& drawing, const std::vector<std::string>& file_ids);

}  // namespace sinks::slack
