// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bus/bus.h"

namespace bus::spool {

// One append as it waits in the spool. Its bytes: docs/formats/spool.md.
struct SpooledAppend {
  std::vector<Outgoing> records;
  std::vector<Count> counts;
};

std::string encode(const SpooledAppend& append);
base::Result<SpooledAppend> decode_spooled_append(std::string_view bytes);

}  // namespace bus::spool
