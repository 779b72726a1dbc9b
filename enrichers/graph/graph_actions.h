// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "enrichers/action.h"

namespace enrichers {

// Actions that add charts of what Prometheus measured. A chart travels as numbers; sinks draw it.
ActionType custom_graph_enricher_type();  // Of a query of the user's own.
ActionType graph_enricher_type();         // Of the alert's own expression.

// CPU, memory or disk of what the alert's labels name.
ActionType alert_graph_enricher_type();                // Pod, container or node.
ActionType pod_graph_enricher_type();                  // The pod.
ActionType node_graph_enricher_type();                 // The node.
ActionType pod_node_graph_enricher_type();             // The node that the pod runs on.
ActionType oomkilled_container_graph_enricher_type();  // The container that was killed for its memory.

}  // namespace enrichers
