// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "bus/kafka/changelog.h"
#include "bus/kafka/client/message.h"
#include "bus/stage/progress.h"

namespace bus::kafka {

// How far a lane was when its changelog was read: what it was done with for good, and what it had counted.
struct LaneCut {
  std::map<std::string, InputPosition> inputs;   // By the bus's name of the topic, as the position record has them.
  std::map<std::string, stage::Progress> done;   // The same with what key records add.
  std::map<std::string, std::int64_t> counters;  // Of the position record and of units that it does not cover.
  std::int64_t changelog_end = 0;                // Behind the last message that was read.

  // Nothing of a topic that the lane does not know is done.
  bool is_done(const std::string& topic, std::int64_t offset) const;
  // The same of what caused an output, by the input's name in causes. Of an earlier log nothing is left to do.
  bool is_cause_done(const std::string& name_in_causes, std::int64_t offset) const;
};

// The bytes of a changelog record. Requires: not a tombstone.
base::Result<std::string> changelog_value(const MessageView& message);

// Makes a LaneCut of the end of a changelog partition. Takes its messages in order.
class LaneCutReader {
 public:
  void take(const MessageView& message);
  // Whether what was taken begins early enough to hold every key record that the newest position does not cover: a
  // lane writes a position before the next one only after the former was acknowledged, with all that was written
  // before it.
  bool is_enough() const;
  base::Result<LaneCut> finish() const;
  // Whether the owner of that epoch had lost the lane, as far as positions were taken, when it wrote at that offset.
  bool is_late(std::int64_t epoch, std::int64_t offset) const;

 private:
  struct Position {
    std::int64_t offset;
    std::int64_t broker_time_ms;
    PositionRecord record;
  };
  struct Units {
    std::int64_t offset;
    std::int64_t epoch;
    std::vector<UnitMark> units;
  };

  base::Result<void> take_position(const MessageView& message);
  base::Result<void> take_units(const MessageView& message);
  const Position* newest() const;

  std::vector<Position> positions_;
  std::vector<Units> units_;
  std::map<std::int64_t, std::int64_t> claims_;  // Epoch to the offset of its owner's claim.
  std::int64_t first_time_ms_ = -1;
  std::int64_t end_ = 0;
  base::Result<void> readable_ = base::ok();
};

}  // namespace bus::kafka
