// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/result.h"
#include "base/secret.h"

namespace base {

// The text of a file that holds a secret, without the last line break. kBadRequest, with the reason but not the path,
// when it can't be read, is empty or is larger than a secret ever is.
Result<Secret> read_secret_file(const std::string& path);

// Whether the configuration has it. One whose file can't be read is given, and empty: read_secret_file of the options
// has said so, as an error where the configuration runs.
inline bool is_given(const Secret& secret) { return !secret.empty() || !secret.file().empty(); }

// The secret as it is now: one that came from a file is read again when the file has changed, which is looked at once a
// second at most. While the file can't be read the last text stays. Thread-safe.
Secret current(const Secret& secret);

}  // namespace base
