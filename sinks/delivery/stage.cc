// SPDX-License-Identifier: Apache-2.0
#include "sinks/delivery/stage.h"

#include "schemas/topics.h"
#include "sinks/delivery/endings.h"
#include "sinks/delivery/parked.h"

namespace sinks {

std::string delivery_stage(std::string_view sink) { return "sink." + std::string(sink); }

std::string digest_stage(std::string_view sink) { return "digest." + std::string(sink); }

std::string digest_key(std::string_view lane) { return "lane:" + std::string(lane); }

base::Result<void> scan_pending_deliveries(const bus::Archive& archive, std::string_view sink,
                                           const std::function<void(const std::string&)>& visit) {
  auto stage = delivery_stage(sink);
  BOOST_OUTCOME_TRY(archive.scan_pending(stage, schemas::topics::deliveries(sink), [&](const bus::Record& record) {
    visit(record.value);
    return true;
  }));
  BOOST_OUTCOME_TRY(
      archive.scan_state(stage, Endings::kTable, [&](const std::string&, const std::string&, const std::string& entry) {
        visit(std::string(Endings::value_of(entry)));
      }));
  return archive.scan_state(stage, ParkedQueue::kTable,
                            [&](const std::string&, const std::string&, const std::string& value) { visit(value); });
}

namespace {

// What waits to be told in a digest. Where the digest's stage is ahead, a delivery of it still counts where it came
// from.
base::Result<std::int64_t> pending_in_digests(const bus::Archive& archive, std::string_view sink) {
  std::int64_t count = 0;
  auto add = [&count](std::int64_t by) {
    return [&count, by](const bus::Record&) {
      count += by;
      return true;
    };
  };
  auto stage = digest_stage(sink);
  auto topic = schemas::topics::digests(sink);
  BOOST_OUTCOME_TRY(archive.scan_pending(stage, topic, add(1)));
  BOOST_OUTCOME_TRY(archive.scan_ahead(stage, topic, add(-1)));
  BOOST_OUTCOME_TRY(archive.scan_state(stage, kGatheredTable,
                                       [&](const std::string&, const std::string&, const std::string&) { ++count; }));
  return count;
}

}  // namespace

base::Result<void> scan_gathering(const bus::Archive& archive, std::string_view sink,
                                  const std::function<void(const std::string&)>& visit) {
  auto stage = digest_stage(sink);
  BOOST_OUTCOME_TRY(archive.scan_pending(stage, schemas::topics::digests(sink), [&](const bus::Record& record) {
    visit(record.value);
    return true;
  }));
  return archive.scan_state(stage, kGatheredTable,
                            [&](const std::string&, const std::string&, const std::string& value) { visit(value); });
}

base::Result<std::int64_t> pending_deliveries(const bus::Archive& archive, std::string_view sink) {
  BOOST_OUTCOME_TRY(auto count, pending_in_digests(archive, sink));
  BOOST_OUTCOME_TRY(scan_pending_deliveries(archive, sink, [&](const std::string&) { ++count; }));
  return count;
}

}  // namespace sinks
