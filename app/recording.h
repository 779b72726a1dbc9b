// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "bus/bus.h"
#include "net/http/recording.h"

namespace app {

// One thing that came in, as it will be appended again.
struct RecordedInput {
  base::Time at;
  bus::Outgoing record;
  std::string source;
  std::int64_t events = 0;  // How many events it stands for.
};

// What `tocsin replay` reads: JSON lines, each a tocsin.intake/1 (a webhook body as accepted), a tocsin.event/1, or a
// tocsin.exchange/1 (an outside question with its answer). Other lines are errors; empty ones are skipped.
struct Recording {
  std::vector<RecordedInput> inputs;  // In the order of their times.
  std::vector<net::http::RecordedExchange> exchanges;
};

// Errors name the file and the line.
base::Result<Recording> read_recording(const std::string& path);

}  // namespace app
