// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>

#include "schemas/event.h"

namespace playbooks::attributes {

// The attributes of an event that guards speak of and the index looks candidates up by.
inline constexpr std::string_view kAlertName = "alertname";
inline constexpr std::string_view kNamespace = "namespace";
inline constexpr std::string_view kPod = "pod";
inline constexpr std::string_view kInstance = "instance";
inline constexpr std::array kAll = {kAlertName, kNamespace, kPod, kInstance};

// The value, or an empty string. Valid as long as the event.
inline std::string_view of(const schemas::Event& event, std::string_view name) {
  return event.alert ? std::string_view(schemas::value_of(event.alert->labels, name)) : std::string_view();
}

}  // namespace playbooks::attributes
