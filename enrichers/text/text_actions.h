// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "enrichers/action.h"

namespace enrichers {

// Actions that add words.
ActionType mention_enricher_type();   // Calls people.
ActionType template_enricher_type();  // The user's own text.

}  // namespace enrichers
