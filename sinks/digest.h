// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "schemas/delivery.h"

namespace sinks {

// A delivery that is told in a digest: what is kept of it, some 600 bytes. A record of topic `digests.<sink>`
// ("tocsin.folded/1"), keyed by lane.
struct FoldedDelivery {
  // For its receipt.
  std::string delivery_id;
  std::string transition_id;
  std::string incident_id;
  std::string incident_key;
  // For the digest.
  std::string lane;
  schemas::TransitionState state = schemas::TransitionState::kOpened;
  schemas::Severity severity = schemas::Severity::kInfo;
  std::string title;  // Its first schemas::kReceiptTitle bytes.
  std::string group;  // What it has in common with others: the alert's name or the reason, else the title.
  std::string where;  // "cluster / namespace / kind name", as far as known.
  std::int64_t count = 0;
  base::Time opened;
  base::Time at;
  bool urgent = false;
  std::vector<std::string> told_too = {};  // As Delivery's.
};

FoldedDelivery fold(const schemas::Delivery& delivery, std::string lane, bool urgent);
// As far as what is kept of it says.
schemas::Receipt receipt_of(const FoldedDelivery& folded, std::string_view sink, schemas::DeliveryOutcome outcome);
std::string encode(const FoldedDelivery& folded);
base::Result<FoldedDelivery> decode_folded(std::string_view json);

// Many deliveries of a lane told as one, because they came faster than the sink may be told.
struct Digest {
  // An incident as it stood at its last delivery in the digest.
  struct Incident {
    std::string id;
    schemas::Severity severity = schemas::Severity::kInfo;
    bool open = true;
    std::string title;
    std::string where;
    std::int64_t count = 0;
    base::Time opened;
  };
  // Incidents with the same group.
  struct Group {
    std::string name;
    schemas::Severity severity = schemas::Severity::kInfo;  // The worst.
    std::int64_t firing = 0;
    std::int64_t resolved = 0;
  };

  std::string id;  // Derived from what it tells: the same at every attempt.
  std::string sink;
  std::string lane;
  base::Time since;  // Of the first and the last of its deliveries.
  base::Time until;
  std::int64_t deliveries = 0;
  std::vector<Incident> incidents;  // The worst first, then the oldest.
  std::vector<Group> groups;        // The worst first, then the largest.
};

// Requires: not empty, all of one sink and lane, in the order of their coming.
Digest make_digest(std::string sink, const std::vector<FoldedDelivery>& folded);

// The digest as a delivery that any sink can render: an opening with cause "digest", or a resolve where all is over,
// whose finding has the counts and the incidents as tables. Its incident is the digest itself.
schemas::Delivery as_delivery(const Digest& digest);

}  // namespace sinks
