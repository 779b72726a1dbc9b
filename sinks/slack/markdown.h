// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sinks::slack {

// Whether links of a text work, or are written out as text: a model's, say, may be anybody's.
enum class Links { kLive, kWrittenOut };

// CommonMark (https://spec.commonmark.org/0.31.2) as mrkdwn of at most `limit` units: headings and strong text are
// bold, lists have bullets, tables are code blocks, links to http and https addresses are links. What was cut ends with
// "…", never within an entity or a link, and with what was open closed: code blocks, bold text. Everything else of
// Markdown and all of mrkdwn in it is text. Takes any bytes.
std::string mrkdwn_of(std::string_view markdown, std::size_t limit, Links links = Links::kLive);

}  // namespace sinks::slack
