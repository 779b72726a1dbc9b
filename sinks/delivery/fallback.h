// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bus/transaction.h"
#include "schemas/delivery.h"
#include "sinks/digest.h"

namespace sinks {

// What another sink takes over from a sink that can't be told for good. A view of the state of the transaction's key
// (docs/formats/sink-state.md): which incidents went over, so that the other is told their end too.
//
// A delivery that goes over ends here as suppressed, "fell_back:<sink>", and one is made for the other, whatever its
// scope and hours say. None is made where routing gave it the transition anyway (Delivery::told_too).
class Fallback {
 public:
  Fallback(std::string to, bus::Transaction& txn) : to_(std::move(to)), txn_(txn) {}

  // It can't be told here. Requires: there is another sink.
  void take(const schemas::Delivery& delivery, int attempts, const base::Error& error);

  // Whether the delivery is the end of an incident that the other sink has alone; then it went there.
  bool takes_end(const schemas::Delivery& delivery);
  // The delivery was told here: the other sink, if it took something of the incident, gets its end as well.
  void told_here(const schemas::Delivery& delivery);
  void forget_all();

 private:
  struct Taken {
    std::string sink;
    bool alone = true;  // This sink has told nothing of it.
  };
  std::optional<Taken> taken(const std::string& incident_id) const;
  void keep(const std::string& incident_id, const Taken& taken);
  void hand_over(const schemas::Delivery& delivery, const std::string& to, bool opening);

  const std::string to_;
  bus::Transaction& txn_;
};

// What this sink took over from others and was told of: two sinks may fall back to the same one. A view of the state of
// the transaction's key (docs/formats/sink-state.md).
class TakenOver {
 public:
  explicit TakenOver(bus::Transaction& txn) : txn_(txn) {}

  // Whether the delivery is one that another sink's fallback has brought already.
  bool knows(const schemas::Delivery& delivery) const;
  // The delivery was told. Changes nothing where routing made it.
  void note(const schemas::Delivery& delivery);
  void forget_all();

 private:
  std::vector<std::string> transitions(const std::string& incident_id) const;

  bus::Transaction& txn_;
};

// What Fallback::take() does, of a part of a digest, for the digests of the other sink. `from` is the sink that could
// not be told.
void fall_back(const FoldedDelivery& folded, std::string_view from, const std::string& to, int attempts,
               const base::Error& error, bus::Transaction& txn);

}  // namespace sinks
