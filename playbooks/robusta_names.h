// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

// The names that Robusta's playbooks may use: a playbook with one that is not supported here gets a warning, one with
// any other name is mistaken.
namespace playbooks::robusta {

bool has_trigger(std::string_view name);
bool has_action(std::string_view name);

// All of them, sorted.
std::vector<std::string> trigger_names();
std::vector<std::string> action_names();

}  // namespace playbooks::robusta
