// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "bus/bus.h"
#include "bus/sqlite/sqlite.h"
#include "bus/stage/key_state.h"
#include "bus/stage/timer_index.h"

namespace bus::embedded {

// A piece of a topic as read from the log. Everything below `next` has been read or is gone.
struct Piece {
  std::vector<std::shared_ptr<const Record>> records;
  std::int64_t next = 1;
};

// The read side of the log, on a connection of its own: sees what is committed, and waits for no writer. Throws
// SqliteError. For one thread.
class LogView {
 public:
  explicit LogView(sqlite::Connection database);

  // Records of [from, until), as many as fit into both bounds, but at least one.
  Piece read(const std::string& topic, std::int64_t topic_id, std::int64_t from, std::int64_t until,
             std::size_t max_records, std::size_t max_bytes);
  std::shared_ptr<stage::KeyState> key_state(std::int64_t stage, const std::string& key);
  // Keys of the stage that have a timer due at `from` or later, the first `most` in the order of their times.
  std::vector<stage::DueKey> due_keys(std::int64_t stage, base::Time from, std::size_t most);

 private:
  sqlite::Statement& records_of(std::int64_t topic_id);

  sqlite::Connection database_;
  std::map<std::int64_t, sqlite::Statement> records_;
  sqlite::Statement state_, timers_, due_keys_;
};

}  // namespace bus::embedded
