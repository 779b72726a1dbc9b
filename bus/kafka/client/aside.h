// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

namespace bus::kafka {

// Runs a call that blocks inside librdkafka on a thread of its own: rare ones, such as questions about topics and the
// end of a client. The process does not end before they have. Must not throw.
void run_aside(std::function<void()> call);

}  // namespace bus::kafka
