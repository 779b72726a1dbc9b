// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace bus::kafka {

// Zstandard (RFC 8878), for values that are larger than a message may be.

std::string compress(std::string_view bytes);
// Fails with kBadAnswer for what compress() would not have written, and for more than `most` bytes.
base::Result<std::string> decompress(std::string_view bytes, std::size_t most);

}  // namespace bus::kafka
