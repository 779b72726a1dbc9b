// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/chart.h"
#include "base/result.h"
#include "schemas/delivery.h"

namespace sinks::slack {

// How messages are drawn, from the sink's options.
struct Style {
  std::int64_t max_log_file_limit_kb = 1000;  // Of one text file, in units of 1,000 bytes.
  bool uploads = true;                        // false: an incoming webhook, which takes no files.
  bool link_buttons = false;                  // Links as buttons. Slack marks a button as failed where nobody answers
                                              // clicks, so this needs an endpoint or Socket Mode.
  std::string title_prefix;                   // In front of every title.
};

// A file that belongs to a message. Pictures (is_image) are uploaded before the message and shown in it by their id;
// other files go into its thread.
struct Upload {
  std::string name;   // "web.log"
  std::string title;  // For people.
  std::string alt;    // What a picture shows, for who can't see it; at most 1,000 characters.
  std::string media_type;
  std::string contents;  // Never empty; at most Style::max_log_file_limit_kb if it is text.
  bool is_image = false;
};

// More are not uploaded for one finding: three pictures, five files, one file with the whole finding.
inline constexpr std::size_t kMostUploads = 9;

// What Evidence::json takes at most: it is written into the sink's note with every send, and what compose() makes of it
// leaves 4,000 of the 12,000 characters of a message to the rest.
inline constexpr std::size_t kEvidenceBytes = 7500;

// What a finding shows beside its title: description, evidence, what is missing, links, who is called.
struct Evidence {
  std::string json =
      "{}";  // What compose() needs of it, and all that need be kept; it names uploads by their position.
  std::vector<Upload> uploads;
};

// Draws a finding's evidence within kEvidenceBytes. What does not fit is cut in this order, each only as far as needed:
// events, logs, tables, labels, texts, whole pieces from the last; links stay. The message says what was cut; the rest
// is in `uploads`. Pure, but CPU-bound: some milliseconds a chart.
//
// `paint` makes the picture of a chart, charts::render_png() if not given. Where it can't, the message has the curves
// as text and says why.
using Painter = std::function<base::Result<std::string>(const base::Chart& chart)>;
Evidence draw(const schemas::Finding& finding, const Style& style, const Painter& paint = {});

// What is shown when an analysis comes to evidence, or evidence to an analysis (Evidence::json both): all of `evidence`
// and the analyses of `analysis`, within kEvidenceBytes; pieces of the evidence are left out from the last, and
// counted. The positions of the analyses' uploads are moved by `uploads_before`, or forgotten where that is not given.
// Pure.
std::string join(const std::string& evidence, const std::string& analysis, std::optional<int> uploads_before);

// What is shown when evidence comes after its finding, by the action that was missing: all of both, within the same
// bounds, without the line that it is missing. Pure.
std::string join_late(const std::string& evidence, const std::string& late, const std::string& action,
                      int uploads_before);

// Whether what the message shows should be replaced by what draw() makes of this transition's finding: a repeat and an
// end bring none of their own, so that what was shown stays.
bool brings_evidence(const schemas::Transition& transition);

// What a message shows beside the delivery, as the sink's note keeps it.
struct Shown {
  std::string evidence = "{}";        // Evidence::json.
  std::vector<std::string> file_ids;  // Of Evidence::uploads, by position. Empty or not there: not uploaded.
  std::string actions = "[]";         // Buttons: a JSON array of Block Kit elements, at most kMostActions.
};
// 25 elements are Slack's limit of a block; these are what fits into two lines.
inline constexpr std::size_t kMostActions = 10;

// The messages below are JSON objects for chat.postMessage and chat.update: text, blocks, attachments, metadata,
// unfurl_links, unfurl_media. The caller adds channel, ts, thread_ts. Pure. None exceeds a limit of Slack's
// (https://docs.slack.dev/reference/block-kit/blocks, https://docs.slack.dev/reference/methods/chat.postMessage), and
// nothing in them calls people or links anywhere but the finding's mentions and links.
//
// metadata: event_type "tocsin_incident"; event_payload has strings `incident`, `transition`, `delivery`, `part`
// ("message" or "reply"), by which a message is found again.

// The incident as it stands: the message that is posted at the opening and edited from then on.
std::string compose(const schemas::Delivery& delivery, const Shown& shown, const Style& style);
// What is new, for the message's thread; of an opening, that the incident is still open.
std::string compose_reply(const schemas::Delivery& delivery, const Shown& shown, const Style& style);
// What came of something that somebody asked, for the thread: `mrkdwn` of at most 3,000 characters.
std::string compose_answer(const schemas::Delivery& delivery, const std::string& mrkdwn);
// The same as text only, for when Slack refuses the blocks (invalid_blocks, msg_too_long). In an edit it takes away the
// blocks that were there.
std::string compose_minimal(const schemas::Delivery& delivery, const Style& style);

// An id as it stands in the metadata, at most 255 characters.
std::string metadata_id(const std::string& id);

}  // namespace sinks::slack
