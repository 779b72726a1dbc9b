// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "enrichers/action.h"

namespace enrichers {

// Actions that add what the alert itself says.
ActionType alert_definition_enricher_type();  // Its expression.
ActionType default_enricher_type();           // Its labels and links.

}  // namespace enrichers
