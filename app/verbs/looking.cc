// SPDX-License-Identifier: Apache-2.0
#include "app/verbs/looking.h"

#include "app/bus_wiring.h"

namespace app::verbs {

base::Result<std::unique_ptr<bus::Archive>> open_archive(const LookArgs& args) {
  BusSection section;
  if (!args.config.empty()) {
    BOOST_OUTCOME_TRY(section, load_bus_section(args.config));
  }
  return app::open_archive(section, args.data_dir);
}

}  // namespace app::verbs
