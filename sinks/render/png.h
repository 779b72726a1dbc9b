// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "schemas/transition.h"

namespace sinks {

// The transition with an ImageBlock (image/png) behind each chart of its finding. A chart that can't be drawn gets
// none. CPU-bound: some milliseconds a chart.
schemas::Transition with_png(schemas::Transition transition);

}  // namespace sinks
