// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "enrichers/action.h"

namespace enrichers {

// Actions that add charts of what Prometheus measured. A chart travels as numbers; sinks draw it.
ActionType custom_graph_enricher_type();  // Of a query of the user's own.
ActionType graph_enricher_type();         // Of the alert's own expression.

}  // namespace enrichers
