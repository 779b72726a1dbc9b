// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "bus/kafka/changelog.h"
#include "bus/sqlite/sqlite.h"
#include "bus/stage/timer_index.h"

namespace bus::kafka {

// A lane, by stage and partition.
using LaneName = std::pair<std::string, std::int32_t>;

// This run of the machine, by a name that no other has; empty if the system does not tell.
std::string boot_id();

// The key states of this process's lanes, in an SQLite file that may be lost: it is a copy of changelog partitions, up
// to an offset that it remembers, so that a restart reads only what came after. Synced to disk when it is closed: one
// that the machine did not live to see closed is made anew.
//
// What is put is kept in memory until flush(), which every lane calls every fraction of a second; what can't be written
// stays there. Thread-safe; blocks for a lookup or a write of a small file.
class StateCache {
 public:
  // Opens the file, or makes it anew if it is damaged, of another format, or was not closed before `boot`. Fails when
  // the directory takes no file.
  static base::Result<std::unique_ptr<StateCache>> open(const std::filesystem::path& file,
                                                        const std::string& boot = boot_id());
  // Blocks until the disk has all that was flushed.
  ~StateCache();
  StateCache(const StateCache&) = delete;
  StateCache& operator=(const StateCache&) = delete;

  // The file holds states of this cluster: whatever is of another goes.
  void belong_to(const std::string& cluster);

  // Up to where the lane's copy is good, with its position there; nullopt: there is none, or it is too old to have seen
  // all deletions, where the changelog tells of each for so long.
  struct Mark {
    std::int64_t changelog_next = 0;
    PositionRecord position;
  };
  std::optional<Mark> mark(const LaneName& lane, base::Time now, base::Duration deletions_kept);
  base::Result<void> forget(const LaneName& lane);

  // nullptr: the key is gone. A state without anything in it takes no room either.
  void put(const LaneName& lane, const std::string& key, const stage::KeyState* state);
  // An error means that the copy can't be relied upon: forget() it and restore.
  base::Result<stage::KeyState> find(const LaneName& lane, const std::string& key);
  // When the earliest timers of keys are due. An error means the same.
  base::Result<std::vector<stage::DueKey>> due_keys(const LaneName& lane, stage::TimerIndex::Question question);
  // Writes what was put; from now on the copy is good up to `mark`. Without one it stays good up to where it was: for a
  // restore, which puts what follows and would put it again.
  void flush(const LaneName& lane, const Mark* mark, base::Time now);

 private:
  struct Waiting {
    std::string state;  // Encoded; empty: none.
    std::optional<base::Time> due;
  };

  StateCache(std::filesystem::path file, sqlite::Connection database, std::string boot);
  void prepare();
  void write(const LaneName& lane, const Mark* mark, base::Time now);

  const std::filesystem::path file_;
  const std::string boot_;
  std::mutex mutex_;
  sqlite::Connection database_;
  std::map<LaneName, std::map<std::string, Waiting>> waiting_;
  sqlite::Statement begin_, commit_, put_, erase_, find_, due_keys_, mark_, set_mark_;
};

}  // namespace bus::kafka
