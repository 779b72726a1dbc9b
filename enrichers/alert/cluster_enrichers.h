// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "enrichers/action.h"

namespace enrichers {

// Actions for alerts about the whole cluster, which ask Prometheus for numbers.
ActionType cpu_overcommited_enricher_type();     // Requests against what nodes can give: CPU.
ActionType memory_overcommited_enricher_type();  // The same of memory.
ActionType version_mismatch_enricher_type();     // Which node runs which version.

}  // namespace enrichers
