// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "base/task.h"

namespace base {

// The lifecycle that every long-lived part follows; other headers point here.
//
// start() returns once the part serves, or with the reason why it can't. stop() works without start, works twice, stops
// every background task, and completes only when nothing of the part runs any more; nothing is called afterwards.
class Component {
 public:
  virtual ~Component() = default;
  virtual Result<void> start() = 0;
  virtual Task<void> stop() = 0;
};

}  // namespace base
