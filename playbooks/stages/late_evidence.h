// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "enrichers/action.h"
#include "schemas/event.h"
#include "schemas/finding.h"

namespace playbooks {

// What is still awaited of a finding that went out without it: the value of the timer that looks after it, with all
// that is needed to ask again after a crash (docs/formats/playbooks-state.md).
struct LateEvidence {
  // One action.
  struct Step {
    std::int64_t index = 0;  // Among all calls of the event: what its follow-up's id comes from.
    std::string playbook;
    std::int64_t position = 0;  // In the playbook.
    std::string action;
  };

  // The largest event, as a record, whose evidence is awaited: it is kept with its finding, which says it again, in a
  // value that is written at every look. Sixty labels and annotations of 500 bytes.
  static constexpr std::size_t kLargestEvent = 32 * 1024;

  schemas::Event event;
  schemas::Finding finding;  // Without evidence.
  std::vector<Step> steps;
  base::Time until;  // Nothing is awaited after that.
};

std::string encode(const LateEvidence& late);
base::Result<LateEvidence> decode_late_evidence(std::string_view json);

// The finding that brings what a step found: the one that it follows, with this evidence for its own. Nothing else that
// an action says changes what was told. Its id is the same whenever it is made.
schemas::Finding follow_up(const LateEvidence& late, const LateEvidence::Step& step,
                           enrichers::Contribution contribution, base::Time now);

}  // namespace playbooks
