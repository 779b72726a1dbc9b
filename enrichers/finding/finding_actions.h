// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "enrichers/action.h"

namespace enrichers {

// Actions that decide what the finding says of itself. A repeat and the end of the alert say the same.
ActionType create_finding_type();     // Title, description, severity and aggregation key of the user's own.
ActionType customise_finding_type();  // Some of them, and labels.

}  // namespace enrichers
