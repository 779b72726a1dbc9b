// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <system_error>

#include "bus/embedded/embedded_bus.h"
#include "tests/contract/bus/bus_under_test.h"
#include "tests/contract/bus/temporary_directory.h"

namespace contract {

namespace {

class EmbeddedUnderTest final : public BusUnderTest {
 public:
  std::unique_ptr<bus::Bus> open(base::Clock& clock, base::Metrics& metrics) override {
    bus::embedded::EmbeddedOptions options;
    options.data_dir = directory_.path();
    options.backoff = {std::chrono::milliseconds(1), std::chrono::milliseconds(4)};
    return bus::embedded::make_embedded_bus(std::move(options), clock, metrics);
  }

 private:
  TemporaryDirectory directory_;
};

}  // namespace

std::vector<BusKind> bus_kinds() {
  return {{"Embedded", [] { return std::make_unique<EmbeddedUnderTest>(); }}};
}

}  // namespace contract
