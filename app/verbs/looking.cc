// SPDX-License-Identifier: Apache-2.0
#include "app/verbs/looking.h"

#include "bus/embedded/embedded_bus.h"

namespace app::verbs {

base::Result<std::unique_ptr<bus::Archive>> open_archive(const std::string& data_dir) {
  return bus::embedded::open_embedded_archive(data_dir);
}

}  // namespace app::verbs
