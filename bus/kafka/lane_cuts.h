// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "bus/kafka/lane_cut.h"
#include "bus/kafka/topic_look.h"

namespace bus::kafka {

// How far every stage of an installation was, partition by partition.
class LaneCuts {
 public:
  // Reads the ends of all changelogs. `look` outlives it.
  static base::Result<LaneCuts> read(TopicLook& look);

  // nullptr: the stage has never had the partition.
  const LaneCut* find(std::string_view stage, std::int32_t partition) const;
  const std::map<std::string, std::vector<LaneCut>, std::less<>>& stages() const { return stages_; }

  // Whether what caused a record is done for good. What a timer caused counts as that: nothing is counted by it.
  bool is_settled(const Cause& cause) const;

 private:
  static base::Result<std::vector<LaneCut>> read_stage(TopicLook& look, const std::string& changelog);

  std::map<std::string, std::vector<LaneCut>, std::less<>> stages_;  // By partition.
};

// What is in front of the name of a stage in the name of its changelog.
inline constexpr std::string_view kChangelogs = "changelog.";

}  // namespace bus::kafka
