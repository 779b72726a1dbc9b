// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/state_cache.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <memory>
#include <system_error>

#include "base/log.h"

namespace bus::kafka {

namespace {

// "tock": marks the file as ours. https://www.sqlite.org/pragma.html#pragma_application_id
constexpr std::int64_t kApplicationId = 0x746f636b;
constexpr std::int64_t kFormatVersion = 2;
// How old a copy may be, in parts of the time for which deletions stay in the changelog: with room for clocks that
// differ.
constexpr int kAgeParts = 6;
constexpr int kAllParts = 7;

constexpr const char* kTables = R"(
CREATE TABLE cluster(id TEXT NOT NULL);
CREATE TABLE boot(id TEXT NOT NULL, closed INTEGER NOT NULL, syncs INTEGER NOT NULL);
CREATE TABLE state(stage TEXT NOT NULL, partition INTEGER NOT NULL, key TEXT NOT NULL, due INTEGER, value TEXT NOT NULL,
  PRIMARY KEY(stage, partition, key)) WITHOUT ROWID;
CREATE INDEX state_due ON state(stage, partition, due) WHERE due IS NOT NULL;
CREATE TABLE mark(stage TEXT NOT NULL, partition INTEGER NOT NULL, next INTEGER NOT NULL, position TEXT NOT NULL,
  written INTEGER NOT NULL, PRIMARY KEY(stage, partition)) WITHOUT ROWID;
)";

std::int64_t to_stored(base::Time time) { return time.time_since_epoch().count(); }
base::Time from_stored(std::int64_t stored) { return base::Time(base::Duration(stored)); }

void remove_files(const std::filesystem::path& file) {
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
    std::error_code ignored;
    std::filesystem::remove(file.string() + suffix, ignored);
  }
}

// Folds the log into the file and syncs both.
void sync(sqlite::Connection& database) {
  if (database.number("PRAGMA wal_checkpoint(TRUNCATE)") == 0) return;
  throw sqlite::SqliteError(0, "busy");
}

// Notes, durably, which run of the machine has the file open, or had it last. Whatever was committed without syncing is
// durable before that.
void note_boot(sqlite::Connection& database, const std::string& boot, bool closed) {
  database.execute("PRAGMA synchronous=FULL");
  // A log without anything to fold would not have the file synced, and what changes nothing is not written to it.
  database.execute("UPDATE boot SET closed = 0, syncs = syncs + 1");
  sync(database);
  database.prepare("UPDATE boot SET id = ?1, closed = ?2").bind(1, boot).bind(2, closed ? 1 : 0).run();
  sync(database);
}

// What was written in another run of the machine, and not synced at its end, may be there in part: a mark that is newer
// than its states.
void check_boot(sqlite::Connection& database, const std::string& boot) {
  bool is_whole = database.number("SELECT closed FROM boot") == 1;
  if (is_whole || (!boot.empty() && database.text("SELECT id FROM boot") == boot)) return;
  throw sqlite::SqliteError(0, "the machine ended before it was closed");
}

sqlite::Connection open_or_make(const std::filesystem::path& file, const std::string& boot) {
  sqlite::Connection database(file, sqlite::Connection::Mode::kReadWrite);
  // WAL keeps a crash of the process from damaging it; check_boot() sees to crashes of the machine.
  database.execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA cache_size=-1024");
  if (database.number("SELECT count(*) FROM sqlite_schema") == 0) {
    database.execute("BEGIN IMMEDIATE");
    database.execute(kTables);
    database.execute("INSERT INTO boot(id, closed, syncs) VALUES('', 1, 0)");
    database.execute("PRAGMA application_id=" + std::to_string(kApplicationId));
    database.execute("PRAGMA user_version=" + std::to_string(kFormatVersion));
    database.execute("COMMIT");
  }
  if (database.number("PRAGMA application_id") != kApplicationId ||
      database.number("PRAGMA user_version") != kFormatVersion) {
    throw sqlite::SqliteError(0, "of another format");
  }
  check_boot(database, boot);
  note_boot(database, boot, false);
  database.execute("PRAGMA synchronous=OFF");
  return database;
}

}  // namespace

std::string boot_id() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(file, id);
  return id;
}

base::Result<std::unique_ptr<StateCache>> StateCache::open(const std::filesystem::path& file, const std::string& boot) {
  for (bool again : {false, true}) {
    try {
      return std::unique_ptr<StateCache>(new StateCache(file, open_or_make(file, boot), boot));
    } catch (const sqlite::SqliteError& error) {
      if (again) return error.to_error().in(file.string());
      base::log::warn("bus: the local copy of states is made anew", {{"file", file.string()}, {"error", error.what()}});
      remove_files(file);
    }
  }
  return base::permanent(base::Reason::kInternal, "not reached");
}

StateCache::StateCache(std::filesystem::path file, sqlite::Connection database, std::string boot)
    : file_(std::move(file)), boot_(std::move(boot)), database_(std::move(database)) {
  prepare();
}

StateCache::~StateCache() {
  try {
    note_boot(database_, boot_, true);
  } catch (const sqlite::SqliteError& error) {
    base::log::warn("bus: can't close the local copy of states", {{"file", file_.string()}, {"error", error.what()}});
  }
}

void StateCache::prepare() {
  begin_ = database_.prepare("BEGIN IMMEDIATE");
  commit_ = database_.prepare("COMMIT");
  put_ = database_.prepare("REPLACE INTO state(stage, partition, key, due, value) VALUES(?1, ?2, ?3, ?4, ?5)");
  erase_ = database_.prepare("DELETE FROM state WHERE stage = ?1 AND partition = ?2 AND key = ?3");
  find_ = database_.prepare("SELECT value FROM state WHERE stage = ?1 AND partition = ?2 AND key = ?3");
  due_keys_ = database_.prepare(
      "SELECT key, due FROM state WHERE stage = ?1 AND partition = ?2 AND due >= ?3 ORDER BY due LIMIT ?4");
  mark_ = database_.prepare("SELECT next, position, written FROM mark WHERE stage = ?1 AND partition = ?2");
  set_mark_ =
      database_.prepare("REPLACE INTO mark(stage, partition, next, position, written) VALUES(?1, ?2, ?3, ?4, ?5)");
}

void StateCache::belong_to(const std::string& cluster) {
  std::lock_guard lock(mutex_);
  try {
    if (database_.text("SELECT id FROM cluster") == cluster) return;
    database_.execute("DELETE FROM state; DELETE FROM mark; DELETE FROM cluster");
    database_.prepare("INSERT INTO cluster(id) VALUES(?1)").bind(1, cluster).run();
  } catch (const sqlite::SqliteError& error) {
    base::log::warn("bus: can't use the local copy of states", {{"file", file_.string()}, {"error", error.what()}});
  }
}

std::optional<StateCache::Mark> StateCache::mark(const LaneName& lane, base::Time now, base::Duration deletions_kept) {
  base::Duration oldest = deletions_kept / kAllParts * kAgeParts;
  std::lock_guard lock(mutex_);
  try {
    sqlite::Rows rows(mark_.bind(1, lane.first).bind(2, lane.second));
    if (!rows.next()) return std::nullopt;
    auto position = decode_position_record(mark_.text(1));
    base::Time written = from_stored(mark_.integer(2));
    if (!position || written < now - oldest || written > now + oldest) return std::nullopt;
    return Mark{mark_.integer(0), std::move(position.value())};
  } catch (const sqlite::SqliteError&) {
    return std::nullopt;
  }
}

base::Result<void> StateCache::forget(const LaneName& lane) {
  std::lock_guard lock(mutex_);
  waiting_.erase(lane);
  try {
    for (const char* table : {"state", "mark"}) {
      std::string sql = std::string("DELETE FROM ") + table + " WHERE stage = ?1 AND partition = ?2";
      database_.prepare(sql).bind(1, lane.first).bind(2, lane.second).run();
    }
    return base::ok();
  } catch (const sqlite::SqliteError& error) {
    base::log::warn("bus: can't clear the local copy of states", {{"file", file_.string()}, {"error", error.what()}});
    return error.to_error().in(file_.string());
  }
}

void StateCache::put(const LaneName& lane, const std::string& key, const stage::KeyState* state) {
  Waiting waiting;
  if (state != nullptr && !state->is_empty()) {
    waiting.state = encode_state(*state);
    if (const auto* timer = state->earliest()) waiting.due = timer->second.due;
  }
  std::lock_guard lock(mutex_);
  waiting_[lane].insert_or_assign(key, std::move(waiting));
}

base::Result<stage::KeyState> StateCache::find(const LaneName& lane, const std::string& key) {
  std::lock_guard lock(mutex_);
  if (auto keys = waiting_.find(lane); keys != waiting_.end()) {
    if (auto found = keys->second.find(key); found != keys->second.end()) {
      if (found->second.state.empty()) return stage::KeyState();
      return decode_state(found->second.state);
    }
  }
  try {
    sqlite::Rows rows(find_.bind(1, lane.first).bind(2, lane.second).bind(3, key));
    if (!rows.next()) return stage::KeyState();
    return decode_state(find_.text(0));
  } catch (const sqlite::SqliteError& error) {
    return error.to_error().in(file_.string());
  }
}

base::Result<std::vector<stage::DueKey>> StateCache::due_keys(const LaneName& lane,
                                                              stage::TimerIndex::Question question) {
  std::lock_guard lock(mutex_);
  const auto& waiting = waiting_[lane];
  std::vector<stage::DueKey> keys;
  for (const auto& [key, put] : waiting) {
    if (put.due && *put.due >= question.from) keys.push_back({key, *put.due});
  }
  try {
    // As many more as may be of keys that wait, and are passed over.
    auto most = static_cast<std::int64_t>(question.most + waiting.size());
    due_keys_.bind(1, lane.first).bind(2, lane.second).bind(3, to_stored(question.from)).bind(4, most);
    sqlite::Rows rows(due_keys_);
    while (rows.next()) {
      std::string key(due_keys_.text(0));
      if (!waiting.contains(key)) keys.push_back({std::move(key), from_stored(due_keys_.integer(1))});
    }
  } catch (const sqlite::SqliteError& error) {
    return error.to_error().in(file_.string());
  }
  std::stable_sort(keys.begin(), keys.end(), [](const auto& left, const auto& right) { return left.due < right.due; });
  if (keys.size() > question.most) keys.resize(question.most);
  return keys;
}

void StateCache::flush(const LaneName& lane, const Mark* mark, base::Time now) {
  std::lock_guard lock(mutex_);
  try {
    write(lane, mark, now);
    waiting_.erase(lane);
  } catch (const sqlite::SqliteError& error) {
    commit_.reset();
    database_.roll_back();
    base::log::warn("bus: can't write the local copy of states", {{"file", file_.string()}, {"error", error.what()}});
  }
}

void StateCache::write(const LaneName& lane, const Mark* mark, base::Time now) {
  begin_.run();
  for (const auto& [key, waiting] : waiting_[lane]) {
    if (waiting.state.empty()) {
      erase_.bind(1, lane.first).bind(2, lane.second).bind(3, key).run();
      continue;
    }
    put_.bind(1, lane.first).bind(2, lane.second).bind(3, key).bind(5, waiting.state);
    if (waiting.due) {
      put_.bind(4, to_stored(*waiting.due));
    } else {
      put_.bind_null(4);
    }
    put_.run();
  }
  if (mark != nullptr) {
    std::string position = encode(mark->position);
    set_mark_.bind(1, lane.first).bind(2, lane.second).bind(3, mark->changelog_next).bind(4, position);
    set_mark_.bind(5, to_stored(now)).run();
  }
  commit_.run();
}

}  // namespace bus::kafka
