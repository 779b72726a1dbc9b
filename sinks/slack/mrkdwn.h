// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/time.h"

// Slack's own markup (https://docs.slack.dev/messaging/formatting-message-text). `&`, `<` and `>` are its control
// characters; written as entities they are text, so that nobody's title calls people or links anywhere.
namespace sinks::slack {

// Valid UTF-8 without control characters but line breaks; U+FFFD for what was not UTF-8.
std::string clean(std::string_view text);
// The same on one line, blanks together.
std::string clean_line(std::string_view text);

// As Slack may count: UTF-16 units, of which a character has one or two; entities count as written.
std::size_t length(std::string_view utf8);

// At most `limit` units of clean text, "…" where it was cut.
std::string cut(std::string_view clean, std::size_t limit);
// The last ones.
std::string cut_head(std::string_view clean, std::size_t limit);

// Clean text as mrkdwn of at most `limit` units: never cut within an entity, and without
// code blocks.
std::string escaped(std::string_view clean, std::size_t limit);

// No three backticks in a row: a zero-width space between them, so that a text neither opens nor ends a code block.
std::string without_fences(std::string_view text);

// "`text`" with no backtick within; empty for an empty one. Takes any text, one line of it.
std::string code(std::string_view text, std::size_t limit);

// Whether Slack makes a link of it: http or https, at most 3,000 characters, nothing that would end it early.
bool is_link(std::string_view url);
// "<url|label>"; the label alone if is_link() does not hold.
std::string link(std::string_view url, std::string_view label, std::size_t limit);

// A moment in the reader's time zone, UTC where a client can't
// (https://docs.slack.dev/messaging/formatting-message-text #date-formatting): "today at 11:41".
std::string moment(base::Time time);

// "<@U…>", "<!subteam^S…>", "<!here>", or a bare id or "@here" as such; anything else as text.
std::string mention(std::string_view text);

}  // namespace sinks::slack
