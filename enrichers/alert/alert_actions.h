// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "enrichers/action.h"

namespace enrichers {

// Actions that add what the alert itself says, or what the user knows of it.
ActionType alert_definition_enricher_type();   // Its expression.
ActionType alert_explanation_enricher_type();  // What it means and what helps.
ActionType default_enricher_type();            // Its labels and links.
ActionType minimal_default_enricher_type();    // Nothing more than its own words.

}  // namespace enrichers
