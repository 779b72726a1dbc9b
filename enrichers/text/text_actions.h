// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "enrichers/action.h"

namespace enrichers {

// Actions that add words.
ActionType mention_enricher_type();   // Calls people.
ActionType template_enricher_type();  // The user's own text.

// Actions that add a link.
ActionType button_enricher_type();          // The user's own.
ActionType external_video_enricher_type();  // To a video.
ActionType opsgenie_slack_enricher_type();  // To the alert in Opsgenie.
ActionType stack_overflow_enricher_type();  // To a search for the alert's name.

}  // namespace enrichers
