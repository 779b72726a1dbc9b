// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "bus/kafka/changelog.h"
#include "bus/kafka/wire.h"

namespace bus::kafka {

// Recognises outputs that their stage produced again after a crash, by what caused them. For the records of one
// partition in the order of their offsets; not thread-safe.
//
// Every output says up to where its lane was done: outputs of what lies below were in this partition before it, so that
// one which comes later is a repeat, and needs no memory. Above, each cause seen is remembered. Timers may be set into
// the past: of them only what is remembered counts.
class Repeats {
 public:
  Repeats() = default;
  explicit Repeats(const std::vector<SourceWindow>& sources);

  // Whether a record of the same cause and key came before; remembered if not. `carrier` is the record's offset.
  bool is_repeat(const Cause& cause, std::string_view key, std::int64_t carrier);

  // Every record below `next` is done: forgets what no repeat can come of any more. What records above it said does not
  // count yet, for they may be read again.
  void settle(std::int64_t next);
  // What must be kept to go on from there, less the causes of records from `look_back` on, which are to be read again.
  // After settle().
  std::vector<SourceWindow> remembered(std::int64_t look_back) const;
  // The lowest carrier of what is remembered, or `next`.
  std::int64_t first_carrier(std::int64_t next) const;
  std::size_t size() const;

 private:
  struct Source {
    std::string stage;
    std::string topic;
    std::int32_t partition = 0;
    auto operator<=>(const Source&) const = default;
  };
  using Seen = std::map<std::pair<std::int64_t, std::uint64_t>, std::int64_t>;  // (at, which) to carrier.
  // What a record said of its source.
  struct Announced {
    std::int64_t carrier;
    std::int64_t offsets_done;
    std::int64_t timers_done;
  };
  struct Window {
    std::int64_t offsets_done = 0;  // By every record read.
    std::int64_t settled_done = 0;  // By those that are done.
    std::deque<Announced> announced;
    Seen offsets;
    Seen timers;
  };

  std::map<Source, Window> windows_;
};

}  // namespace bus::kafka
