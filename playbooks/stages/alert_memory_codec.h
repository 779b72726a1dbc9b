// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "playbooks/stages/alert_memory.h"

namespace playbooks {

// "tocsin.alert_memory/1", as docs/formats/playbooks-state.md has it.
std::string encode(const AlertMemory& memory);
base::Result<AlertMemory> decode_alert_memory(std::string_view text);

}  // namespace playbooks
