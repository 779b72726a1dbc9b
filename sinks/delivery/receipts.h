// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "bus/transaction.h"
#include "schemas/delivery.h"
#include "sinks/digest.h"

namespace sinks {

// How a delivery ended, as a receipt and in the ledger, both in `txn`.
void settle_delivered(const schemas::Delivery& delivery, int attempts, std::string detail, bus::Transaction& txn);
void settle_suppressed(const schemas::Delivery& delivery, std::string_view reason, bus::Transaction& txn);
// After so many attempts, for what `detail` says.
void settle_suppressed(const schemas::Delivery& delivery, std::string_view reason, int attempts, std::string detail,
                       bus::Transaction& txn);
// Delivered in `digest`, which took so many attempts.
void settle_delivered(const FoldedDelivery& folded, const Digest& digest, int attempts, const std::string& detail,
                      bus::Transaction& txn);
void settle_suppressed(const FoldedDelivery& folded, std::string_view sink, std::string_view reason,
                       bus::Transaction& txn, int attempts = 0, std::string detail = {});
// The dead letter itself is somebody else's: the bus writes it, or dead_letter() below.
void settle_dead_lettered(const schemas::Delivery& delivery, int attempts, const base::Error& error,
                          bus::Transaction& txn);
void settle_dead_lettered(const FoldedDelivery& folded, std::string_view sink, int attempts, const base::Error& error,
                          bus::Transaction& txn);

// Writes the dead letter of a record of `topic` that is no longer the stage's input: what was parked or gathered.
void emit_dead_letter(const std::string& stage, const std::string& topic, const std::string& value, int attempts,
                      const base::Error& error, bus::Transaction& txn);

}  // namespace sinks
