// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/options/option_table.h"
#include "base/time.h"
#include "base/yaml/node.h"

namespace playbooks {

// How the playbooks stage treats every event: the top-level section `playbooks`.
struct PlaybooksOptions {
  base::Duration dedup_window = std::chrono::seconds(60);
  base::Duration action_deadline = std::chrono::seconds(10);
  base::Duration event_deadline = std::chrono::seconds(15);
  base::Duration late_deadline = std::chrono::minutes(2);
  base::Duration forget_after = std::chrono::hours(24 * 7);
};
const base::OptionTable<PlaybooksOptions>& playbooks_options();

// One item of `customPlaybooks`, before its triggers and actions are looked up.
struct PlaybookOptions {
  std::string name;
  base::yaml::Node triggers;
  base::yaml::Node actions;
  std::vector<std::string> sinks;
  bool stop = false;
  base::Duration rate_limit{};
};
const base::OptionTable<PlaybookOptions>& playbook_options();

}  // namespace playbooks
