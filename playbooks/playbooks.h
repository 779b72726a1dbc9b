// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>
#include <vector>

#include "playbooks/index.h"
#include "playbooks/options.h"
#include "playbooks/playbook.h"
#include "playbooks/severity_map.h"

namespace playbooks {

// All that the configuration says about the way from event to finding. Immutable and thread-safe; a reload makes
// another one. What its actions were built with (enrichers::Services) must outlive it.
struct Playbooks {
  Playbooks(std::vector<Playbook> list, SeverityMap severity_map, PlaybooksOptions settings)
      : playbooks(std::move(list)), severities(std::move(severity_map)), options(settings), index(playbooks) {}
  Playbooks(const Playbooks&) = delete;

  const std::vector<Playbook> playbooks;  // In the order of evaluation.
  const SeverityMap severities;
  const PlaybooksOptions options;
  const Index index;
};

}  // namespace playbooks
