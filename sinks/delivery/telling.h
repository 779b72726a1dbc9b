// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "bus/transaction.h"
#include "schemas/delivery.h"

namespace sinks {

// How often a sink is told more of an incident that it was told of.
struct Pace {
  base::Duration update_interval{};   // Between updates that bring nothing new.
  std::int64_t evidence_updates = 0;  // Updates with new evidence at most; 0: no limit.
  bool only_changes = false;          // Updates that bring nothing new are not wanted.

  bool is_limited() const { return update_interval > base::Duration::zero() || evidence_updates > 0; }
};

// What a sink was told of an incident so far.
struct Telling {
  std::optional<schemas::Severity> in_digest;  // Told in a digest and not by itself, when it was this bad.
  std::optional<base::Time> last;              // Told by itself.
  std::int64_t evidence = 0;                   // Updates with new evidence that were told.
};

// The tellings of the incidents of a key. A view of the state of the transaction's key (docs/formats/sink-state.md).
class Tellings {
 public:
  // An incident may end without the sink hearing of it (send_resolved: false). So long after the last delivery of the
  // key its entries are erased: Alertmanager says every few hours that something goes on.
  static constexpr std::chrono::hours kKeepUntold{7 * 24};
  static constexpr std::string_view kExpireTimer = "expire";

  explicit Tellings(bus::Transaction& txn) : txn_(txn) {}

  Telling of(const std::string& incident_id) const;
  void keep(const std::string& incident_id, const Telling& telling);
  void forget(const std::string& incident_id);
  // Something of the key came that changes nothing here.
  void touch();
  void forget_all();

 private:
  bus::Transaction& txn_;
};

// What is to become of a delivery.
struct Verdict {
  enum class Do {
    kSend,
    kFold,      // Into a digest, for a digest is all that was told of its incident.
    kSuppress,  // For `reason`.
    kWait,      // Until `until`; a newer one may take its place.
  };
  Do action = Do::kSend;
  std::string_view reason = {};
  base::Time until = {};
};

// Whether the delivery says nothing but that its incident goes on: while it waits, any later one may take its place.
bool is_mere_repeat(const schemas::Delivery& delivery, const Telling& telling, const Pace& pace);
// Whether it is more than an update of something that was told.
bool is_news(const schemas::Delivery& delivery);

// Judges, and makes the delivery what it is to this sink: an opening where it knows of the incident by a digest only, a
// repeat without evidence where it has had enough of that. Pure.
Verdict judge(schemas::Delivery& delivery, const Telling& telling, const Pace& pace, base::Time now);

// What is to be remembered once it was told by itself.
Telling after_telling(const schemas::Delivery& delivery, Telling telling, base::Time now);

}  // namespace sinks
