// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "schemas/event.h"
#include "schemas/finding.h"
#include "schemas/transition.h"

namespace app::heartbeat {

// The source of these events, and the cause of their transitions.
inline constexpr std::string_view kSource = "heartbeat";
// What the keys of their records begin with, in every topic. No other key does: those are hashes, or begin with the
// name of a cluster.
inline constexpr std::string_view kKeys = "/tocsin/heartbeat/";
// Keys of beats: they take turns, so that the partitions and workers of a stage do.
inline constexpr int kSlots = 16;

inline bool is_ours(std::string_view key) { return key.starts_with(kKeys); }

// One beat of the pipeline. Derived from the clock alone: every process makes the same beat of a period, so that the
// same from several is recognised.
struct Beat {
  base::Time due;        // The period's beginning: a multiple of `every` since 1970.
  base::Duration every;  // How long a period is.

  // The beat of the period that `now` is in.
  static Beat at(base::Time now, base::Duration every);

  std::string key() const;
  // Whether it comes too late to say anything about the present: the dead man's switch has to go off then.
  bool is_stale(base::Time now) const;
  friend bool operator==(const Beat&, const Beat&) = default;
};

// What a beat is on its way, in the form of the records that real events have.
std::string to_body(const Beat& beat);  // Of a record of topic `intake`.
// Nullopt for the body that arms the lease of the watchdog.
base::Result<std::optional<Beat>> from_body(std::string_view body);
schemas::Event to_event(const Beat& beat, std::string_view cluster, base::Time received);
schemas::Finding to_finding(const schemas::Event& event, base::Time now);
schemas::Transition to_transition(schemas::Finding finding, base::Time now);
// Fails with kBadRequest where it is none.
base::Result<Beat> beat_of(const schemas::Event& event);
Beat beat_of(const schemas::Finding& finding);

// The body that arms the lease of the watchdog.
inline constexpr std::string_view kArm = R"({"arm":"watchdog"})";

}  // namespace app::heartbeat
