// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "playbooks/trigger.h"

namespace playbooks {

// `on_prometheus_alert`: an alert of Alertmanager or of what speaks its webhook.
TriggerType on_prometheus_alert_type();

}  // namespace playbooks
