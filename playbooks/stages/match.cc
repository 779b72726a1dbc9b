// SPDX-License-Identifier: Apache-2.0
#include "playbooks/stages/match.h"

namespace playbooks {

namespace {

bool fires(const Playbook& playbook, const Occasion& occasion, TraceLog& trace) {
  std::string why_not;
  std::string* reasons = trace.is_full() ? nullptr : &why_not;
  for (const auto& trigger : playbook.triggers) {
    if (trigger->fires(occasion, reasons)) {
      trace.add("playbook", playbook.name, "matched");
      return true;
    }
  }
  trace.add("playbook", playbook.name, "not_matched", std::move(why_not));
  return false;
}

}  // namespace

std::vector<const Playbook*> match(const Playbooks& playbooks, const Occasion& occasion, TraceLog& trace) {
  std::vector<const Playbook*> matched;
  for (Index::Position position : playbooks.index.candidates(occasion)) {
    const Playbook& playbook = playbooks.playbooks[position];
    if (!fires(playbook, occasion, trace)) continue;
    matched.push_back(&playbook);
    if (playbook.stop) {
      trace.add("playbook", playbook.name, "stopped", "later playbooks don't see the event");
      break;
    }
  }
  return matched;
}

}  // namespace playbooks
