// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "bus/archive.h"

namespace fakes {

// An archive that holds what a test puts there.
class FakeArchive final : public bus::Archive {
 public:
  using Visit = std::function<bool(const bus::Record&)>;
  using Place = std::pair<std::string, std::string>;  // Stage and topic.

  std::map<std::string, std::vector<bus::Record>> records;
  std::map<Place, std::vector<bus::Record>> pending;
  std::map<Place, std::vector<bus::Record>> ahead;
  // By stage and table: key, entry and value.
  std::map<Place, std::vector<std::tuple<std::string, std::string, std::string>>> state;
  std::map<std::string, std::int64_t> counts;
  bool held = false;

  base::Result<void> hold_still() override {
    held = true;
    return base::ok();
  }
  base::Result<std::vector<std::string>> topics() const override {
    std::vector<std::string> names;
    for (const auto& [name, list] : records) names.push_back(name);
    return names;
  }
  base::Result<void> scan(std::string_view topic, std::int64_t, const Visit& visit) const override {
    return each(records, std::string(topic), visit);
  }
  base::Result<void> scan_newest_first(std::string_view topic, const Visit& visit) const override {
    auto found = records.find(std::string(topic));
    if (found == records.end()) return base::ok();
    for (auto record = found->second.rbegin(); record != found->second.rend() && visit(*record); ++record) continue;
    return base::ok();
  }
  base::Result<void> scan_pending(std::string_view stage, std::string_view topic, const Visit& visit) const override {
    return each(pending, Place(stage, topic), visit);
  }
  base::Result<void> scan_ahead(std::string_view stage, std::string_view topic, const Visit& visit) const override {
    return each(ahead, Place(stage, topic), visit);
  }
  base::Result<void> scan_state(
      std::string_view stage, std::string_view table,
      const std::function<void(const std::string&, const std::string&, const std::string&)>& visit) const override {
    auto found = state.find(Place(stage, table));
    if (found == state.end()) return base::ok();
    for (const auto& [key, entry, value] : found->second) visit(key, entry, value);
    return base::ok();
  }
  base::Result<std::map<std::string, std::int64_t>> counters() const override { return counts; }

 private:
  template <class Map, class Key>
  static base::Result<void> each(const Map& map, const Key& key, const Visit& visit) {
    auto found = map.find(key);
    if (found == map.end()) return base::ok();
    for (const bus::Record& record : found->second) {
      if (!visit(record)) break;
    }
    return base::ok();
  }
};

}  // namespace fakes
