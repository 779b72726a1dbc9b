// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace app {

// What a top-level key of Robusta's configuration that has no effect here means for its user; an empty view for a key
// that Robusta doesn't have either. (Robusta's Helm values and its rendered active_playbooks.yaml.)
std::string_view meaning_of_foreign_key(std::string_view key);
// All such keys.
std::vector<std::string_view> foreign_keys();

}  // namespace app
