// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "base/chart.h"
#include "schemas/delivery.h"
#include "schemas/event.h"
#include "schemas/finding.h"
#include "schemas/severity.h"
#include "schemas/transition.h"

namespace schemas::codec {

// The names of an enumeration's values in JSON, in the order of the values, which count from zero.
template <class E>
inline constexpr int kNames = 0;

template <>
inline constexpr std::array<std::string_view, 6> kNames<Severity> = {"DEBUG",  "INFO", "LOW",
                                                                     "MEDIUM", "HIGH", "CRITICAL"};
template <>
inline constexpr std::array<std::string_view, 2> kNames<AlertStatus> = {"firing", "resolved"};
template <>
inline constexpr std::array<std::string_view, 2> kNames<FindingState> = {"firing", "resolved"};
template <>
inline constexpr std::array<std::string_view, 5> kNames<FindingType> = {"issue", "conf_change", "health_check",
                                                                        "report", "ai_analysis"};
// Robusta's names (https://github.com/robusta-dev/robusta, FindingSource).
template <>
inline constexpr std::array<std::string_view, 7> kNames<FindingSource> = {
    "none", "kubernetes_api_server", "prometheus", "manual", "helm_release", "callback", "scheduler"};
template <>
inline constexpr std::array<std::string_view, 4> kNames<TransitionState> = {"opened", "updated", "resolved",
                                                                            "reopened"};
template <>
inline constexpr std::array<std::string_view, 3> kNames<CommandAction> = {"acknowledge", "silence", "evidence"};
template <>
inline constexpr std::array<std::string_view, 3> kNames<DeliveryOutcome> = {"delivered", "suppressed", "dead_lettered"};
template <>
inline constexpr std::array<std::string_view, 5> kNames<base::Unit> = {"plain", "bytes", "percent", "millicores",
                                                                       "seconds"};
template <>
inline constexpr std::array<std::string_view, 3> kNames<base::ReferenceLine::Kind> = {"limit", "request", "threshold"};

template <class E>
concept Named = requires { kNames<E>.size(); };

template <Named E>
constexpr std::string_view name_of(E value) {
  return kNames<E>[static_cast<std::size_t>(value)];
}

}  // namespace schemas::codec
