// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "base/result.h"
#include "charts/canvas.h"

namespace charts {

// The picture as a PNG (https://www.w3.org/TR/png-3/) of 256 colours, the `exact` ones (at most 64) unchanged and rare
// ones, as smoothed edges have them, replaced by their nearest. Fails when memory is short (kInternal).
base::Result<std::string> encode_png(const Canvas& canvas, std::span<const Color> exact);

}  // namespace charts
