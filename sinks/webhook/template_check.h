// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "base/yaml/node.h"
#include "base/yaml/problems.h"
#include "sinks/body/template.h"

namespace sinks::webhook {

// Reads the option `body`. Problems, each at its line: a template that doesn't parse, a name that no transition has,
// and a template that makes no JSON of a sample transition where the content type wants it.
std::optional<body::Template> read_template(const base::yaml::Node& node, body::Escape escape,
                                            base::yaml::Problems& problems);

}  // namespace sinks::webhook
