// SPDX-License-Identifier: Apache-2.0
#include "bus/bus.h"

namespace bus {

base::Task<base::Result<void>> Handler::on_timer(const Timer&, Transaction&) { co_return base::ok(); }

void Handler::on_dead_letter(const Record&, const base::Error&, Transaction&) {}

}  // namespace bus
