// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace sinks::slack {

// What the sink notes of an incident (Sending::note; docs/formats/sink-state.md): where its message is, what it shows,
// and how far the delivery under way has come. At most some 9 KB: evidence is bounded by kEvidenceBytes.
struct Note {
  std::string channel;    // The id, as Slack answered.
  std::string ts;         // The message's. Empty: none is known.
  std::string thread;     // The ts of the message whose thread it stands in; empty: it stands in the channel.
  std::string opened_by;  // The delivery that posted it.
  std::string evidence = "{}";
  std::string evidence_of;         // The transition that brought it.
  bool joined = false;             // To what was there before: its files are the last.
  std::vector<std::string> files;  // Ids of its uploads, by position; empty: not there.
  std::string shared;              // The transition whose texts were put into the thread.
  int replies = 0;                 // That count for the bound.
  std::string replied;             // The delivery of the last reply.
  bool has_more = false;           // Something was cut that is not in the thread: Sending::kept has it.
  // An attempt at this delivery ended in the dark, at this time: it may have arrived.
  std::string in_the_dark;
  std::optional<base::Time> dark_since;

  // The thread of what belongs to the message: threads have no threads.
  const std::string& root() const { return thread.empty() ? ts : thread; }
};

// An empty note where the text is none.
Note decode_note(std::string_view text);
std::string encode(const Note& note);

}  // namespace sinks::slack
