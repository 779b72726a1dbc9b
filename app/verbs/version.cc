// SPDX-License-Identifier: Apache-2.0
#include "base/version.h"

#include <fmt/format.h>

#include "app/verbs/verbs.h"

namespace app::verbs {

int version(Output output) {
  if (output != Output::kTable) {
    fmt::print("{{\"version\": \"{}\", \"compiler\": \"{}\"}}\n", base::kVersion, __VERSION__);
  } else {
    fmt::print("tocsin {}\n", base::kVersion);
  }
  return 0;
}

}  // namespace app::verbs
