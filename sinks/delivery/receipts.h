// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "bus/transaction.h"
#include "schemas/delivery.h"

namespace sinks {

// How a delivery ended, as a receipt and in the ledger, both in `txn`.
void settle_delivered(const schemas::Delivery& delivery, int attempts, std::string detail, bus::Transaction& txn);
void settle_suppressed(const schemas::Delivery& delivery, std::string_view reason, bus::Transaction& txn);
// The dead letter itself is somebody else's: the bus writes it, or dead_letter() below.
void settle_dead_lettered(const schemas::Delivery& delivery, int attempts, const base::Error& error,
                          bus::Transaction& txn);

// Writes the dead letter of a delivery that is no longer the stage's input record: what was parked.
void emit_dead_letter(std::string_view sink, const std::string& value, int attempts, const base::Error& error,
                      bus::Transaction& txn);

}  // namespace sinks
