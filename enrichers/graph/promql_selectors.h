// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace enrichers::promql {

// Puts label="value" into every selector of a PromQL or MetricsQL expression, also into those that are a bare name:
// "up / sum by (job) (up)" becomes "up{...} / sum by (job) (up{...})". Names of functions, keywords, lists of labels,
// durations and strings are told apart as Prometheus' own grammar does, by where they stand. An expression that can't
// be parsed comes out as one that can't be parsed. kBadRequest for a WITH template of MetricsQL, whose names may stand
// for anything.
base::Result<std::string> add_labels(std::string_view expression, const std::map<std::string, std::string>& labels);

}  // namespace enrichers::promql
