// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

#include "base/yaml/node.h"
#include "base/yaml/problems.h"

namespace app {

// What `tocsin check` says of a configuration that is valid: warnings about what can never have an effect, and about
// what should not stand in a file. Requires: read_config has no errors for the file whose root it is.
void advise(const base::yaml::Node& root, base::yaml::Problems& problems);

// Its parts:

// Playbooks that no event reaches, and triggers that never fire.
void advise_playbooks(const base::yaml::Node& root, base::yaml::Problems& problems);
// Actions that ask Prometheus where none is named.
void advise_prometheus(const base::yaml::Node& root, base::yaml::Problems& problems);
// No sinks at all, sinks that nothing reaches, folders of files that are not there, a `stop` without effect, names of
// sinks that there are not.
void advise_sinks(const base::yaml::Node& root, base::yaml::Problems& problems);
// Secrets in plain text.
void advise_secrets(const base::yaml::Node& root, base::yaml::Problems& problems);

// The list under the first of its names that is there; empty if none is.
const std::vector<base::yaml::Node>& list_under(const base::yaml::Node& root,
                                                std::initializer_list<std::string_view> names);

}  // namespace app
