// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "schemas/delivery.h"

namespace sinks::slack {

// What may be asked beside acknowledging.
struct Offer {
  bool silences = false;  // There is an Alertmanager to silence alerts in.
  bool evidence = false;  // Something was cut that is not in the thread.
};

// Whether a finding is an alert of Alertmanager's, whose labels a silence can match.
bool is_alert(const schemas::Finding& finding);

// The buttons of an incident's message as Shown::actions has them: what can be asked of it as it stands.
std::string buttons_of(const schemas::Delivery& delivery, const Offer& offer);

}  // namespace sinks::slack
