// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "tests/harness/http_receiver.h"

namespace acceptance {

// One alert as Alertmanager's webhook has it (version 4). The fingerprint is its identity in these tests.
nlohmann::json alert(const std::string& fingerprint, bool resolved = false);

// A webhook body of some alerts.
std::string body_of(const std::vector<nlohmann::json>& alerts, const std::string& group = "tests");

// A transition as the webhook sink delivered it. Null where the body is none.
nlohmann::json transition_of(const harness::Received& request);

// A configuration that gives every alert its labels and sends every transition to `url`.
std::string config_with_webhook(const std::string& url);

}  // namespace acceptance
