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
struct Names;

template <>
struct Names<Severity> {
  static constexpr std::array<std::string_view, 6> kAll = {"DEBUG", "INFO", "LOW", "MEDIUM", "HIGH", "CRITICAL"};
};
template <>
struct Names<AlertStatus> {
  static constexpr std::array<std::string_view, 2> kAll = {"firing", "resolved"};
};
template <>
struct Names<FindingState> {
  static constexpr std::array<std::string_view, 2> kAll = {"firing", "resolved"};
};
template <>
struct Names<FindingType> {
  static constexpr std::array<std::string_view, 5> kAll = {"issue", "conf_change", "health_check", "report",
                                                           "ai_analysis"};
};
// Robusta's names (https://github.com/robusta-dev/robusta, FindingSource).
template <>
struct Names<FindingSource> {
  static constexpr std::array<std::string_view, 7> kAll = {
      "none", "kubernetes_api_server", "prometheus", "manual", "helm_release", "callback", "scheduler"};
};
template <>
struct Names<TransitionState> {
  static constexpr std::array<std::string_view, 4> kAll = {"opened", "updated", "resolved", "reopened"};
};
template <>
struct Names<DeliveryOutcome> {
  static constexpr std::array<std::string_view, 3> kAll = {"delivered", "suppressed", "dead_lettered"};
};
template <>
struct Names<base::Unit> {
  static constexpr std::array<std::string_view, 5> kAll = {"plain", "bytes", "percent", "millicores", "seconds"};
};
template <>
struct Names<base::ReferenceLine::Kind> {
  static constexpr std::array<std::string_view, 3> kAll = {"limit", "request", "threshold"};
};

template <class E>
concept Named = requires { Names<E>::kAll; };

template <Named E>
constexpr std::string_view name_of(E value) {
  return Names<E>::kAll[static_cast<std::size_t>(value)];
}

}  // namespace schemas::codec
