// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

namespace enrichers::promql {

// The finite value of an expression of numbers only, as thresholds are written: "0.9", "25 / 100", "-(60 * 60)",
// "0x1F", "2 ^ 30". Nullopt for anything else.
std::optional<double> constant(std::string_view expression);

}  // namespace enrichers::promql
