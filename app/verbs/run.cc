// SPDX-License-Identifier: Apache-2.0
#include "app/service.h"
#include "app/signals.h"
#include "app/verbs/looking.h"
#include "app/verbs/verbs.h"
#include "base/log.h"

namespace app::verbs {

int run(const RunArgs& args) {
  take_signals();
  Service service({args.config, args.data_dir, args.listen, args.roles, args.record});
  if (auto started = service.start(); !started) {
    base::log::error("tocsin: can't start: " + started.error().message);
    return 1;
  }
  while (wait_for_signal() == Signal::kReload) service.reload();
  base::log::info("tocsin: stopping");
  release_signals();
  service.stop();
  return 0;
}

}  // namespace app::verbs
