// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "bus/bus.h"

namespace ingest {

// A body as it was accepted. A record of topic `intake` ("tocsin.intake/1"), keyed by the body's alert group, so that
// what one sender says of one group stays in order.
struct IntakeRecord {
  std::string source;
  base::Time received;
  std::string body;  // The JSON document, as it came.
};

// The ordering key: the same for all that one source says of one alert group.
std::string intake_key(std::string_view source, std::string_view group_key);

// Whether a text begins like one of these records.
bool is_intake(std::string_view value);

// The body is put in as it stands. Requires: it is valid JSON.
std::string encode(std::string_view source, base::Time received, std::string_view body);
base::Result<IntakeRecord> decode_intake(std::string_view value);

// What the ledger is told when so many events of a source are accepted: append it together with their records.
std::vector<bus::Count> counts_of_received(std::string_view source, std::int64_t events);

}  // namespace ingest
