// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

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
};

}  // namespace app
