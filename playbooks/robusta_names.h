// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

// The names that Robusta's playbooks may use: a playbook with one that is not supported here gets a warning, one with
// any other name is mistaken.
namespace playbooks::robusta {

bool has_trigger(std::string_view name);
bool has_action(std::string_view name);

}  // namespace playbooks::robusta
