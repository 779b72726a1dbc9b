// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "enrichers/action.h"

namespace enrichers {

// Actions that end an alert's way: no finding is made of it, and the ledger counts it as silenced.
ActionType name_silencer_type();      // By its name.
ActionType severity_silencer_type();  // By its severity label.
ActionType silence_alert_type();      // Always.

}  // namespace enrichers
