// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/yaml/node.h"
#include "base/yaml/problems.h"
#include "schemas/severity.h"

namespace playbooks {

// Severity labels that mean something else here than schemas::severity_of_label says: globalConfig's
// custom_severity_map. Keys are in lower case.
using SeverityMap = std::map<std::string, schemas::Severity, std::less<>>;

SeverityMap read_severity_map(const base::yaml::Node& node, base::yaml::Problems& problems);

// What a severity label means; INFO if nothing says.
schemas::Severity severity_of(std::string_view label, const SeverityMap& custom);

}  // namespace playbooks
