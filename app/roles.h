// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "app/bus_section.h"
#include "base/result.h"

namespace app {

// Which parts of the pipeline this process runs.
struct Roles {
  bool ingest = true;
  bool playbooks = true;
  bool incidents = true;
  bool sinks = true;
  // Accepted from the first release; there is nothing to run for it before an investigation is configured.
  bool investigate = true;

  // All of them for an empty list. Requires: names of roles only (the command line checks them).
  static Roles of(const std::vector<std::string>& names);

  // Those that this process has.
  std::vector<std::string> names() const;
  // Whether a process with these roles has anything to do.
  bool has_work() const { return ingest || playbooks || incidents || sinks; }
  // Refuses a part of the roles on the embedded log: no other process could take over from there.
  base::Result<void> fit(BusType bus) const;
};

}  // namespace app
