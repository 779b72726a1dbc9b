// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "bus/bus.h"

namespace contract {

// One installation of a bus: what outlives the process. The suite opens it, closes it and opens it again.
class BusUnderTest {
 public:
  virtual ~BusUnderTest() = default;
  // A bus on this installation, not started. One at a time.
  virtual std::unique_ptr<bus::Bus> open(base::Clock& clock, base::Metrics& metrics) = 0;
};

// How to make a fresh installation. An implementation passes the contract by adding one of these to bus_kinds().
struct BusKind {
  std::string name;
  std::function<std::unique_ptr<BusUnderTest>()> make;
  friend void PrintTo(const BusKind& kind, std::ostream* out) { *out << kind.name; }
};

std::vector<BusKind> bus_kinds();

}  // namespace contract
