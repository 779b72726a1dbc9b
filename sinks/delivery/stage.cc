// SPDX-License-Identifier: Apache-2.0
#include "sinks/delivery/stage.h"

#include "schemas/topics.h"
#include "sinks/delivery/endings.h"
#include "sinks/delivery/parked.h"
#include "sinks/grouping/summary.h"

namespace sinks {

std::string delivery_stage(std::string_view sink) { return "sink." + std::string(sink); }

std::string digest_stage(std::string_view sink) { return "digest." + std::string(sink); }

std::string group_stage(std::string_view sink) { return "group." + std::string(sink); }

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

// What waits in a stage beside the sink's own: to be told in a digest, or in its group. Where that stage is ahead, a
// delivery of it still counts where it came from.
base::Result<std::int64_t> pending_beside(const bus::Archive& archive, const std::string& stage,
                                          const std::string& topic) {
  std::int64_t count = 0;
  auto add = [&count](std::int64_t by) {
    return [&count, by](const bus::Record&) {
      count += by;
      return true;
    };
  };
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
  BOOST_OUTCOME_TRY(archive.scan_state(
      stage, kGatheredTable, [&](const std::string&, const std::string&, const std::string& value) { visit(value); }));
  auto visit_grouped = [&](const std::string& value) {
    if (auto grouped = decode_grouped(value)) visit(encode(grouped.value().folded));
  };
  stage = group_stage(sink);
  BOOST_OUTCOME_TRY(archive.scan_pending(stage, schemas::topics::groups(sink), [&](const bus::Record& record) {
    visit_grouped(record.value);
    return true;
  }));
  return archive.scan_state(
      stage, kGatheredTable,
      [&](const std::string&, const std::string&, const std::string& value) { visit_grouped(value); });
}

bool has_been_grouped(const bus::Record& record) {
  auto delivery = schemas::decode_delivery(record.value);
  return delivery && delivery.value().grouped;
}

base::Result<std::int64_t> pending_deliveries(const bus::Archive& archive, std::string_view sink) {
  BOOST_OUTCOME_TRY(auto count, pending_beside(archive, digest_stage(sink), schemas::topics::digests(sink)));
  BOOST_OUTCOME_TRY(auto in_groups, pending_beside(archive, group_stage(sink), schemas::topics::groups(sink)));
  count += in_groups;
  BOOST_OUTCOME_TRY(scan_pending_deliveries(archive, sink, [&](const std::string&) { ++count; }));
  // What came back from its group, while that is not known to be done with it, counts there.
  auto stage = delivery_stage(sink);
  BOOST_OUTCOME_TRY(archive.scan_ahead(stage, schemas::topics::deliveries(sink), [&](const bus::Record& record) {
    if (has_been_grouped(record)) --count;
    return true;
  }));
  return count;
}

}  // namespace sinks
