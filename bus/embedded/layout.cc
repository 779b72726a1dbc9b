// SPDX-License-Identifier: Apache-2.0
#include "bus/embedded/layout.h"

#include <fcntl.h>
#include <unistd.h>

#include <system_error>

namespace bus::embedded {

namespace {

// "tocs": marks the file as ours for file(1) and for us. https://www.sqlite.org/pragma.html#pragma_application_id
constexpr std::int64_t kApplicationId = 0x746f6373;

// Commits before the write-ahead log is copied back: 4,096 pages of 4 KB. Each copy writes and syncs the file once, so
// a bigger number saves writes and a smaller one keeps the pause of the commit that does it short (16 MB: about 20 ms).
constexpr int kCheckpointPages = 4096;
// The write-ahead log's file shrinks back to this after a burst.
constexpr std::int64_t kWalBytes = 32LL << 20;

constexpr const char* kTables = R"(
CREATE TABLE topics(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, first INTEGER NOT NULL);
CREATE TABLE stages(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, seen INTEGER NOT NULL);
CREATE TABLE positions(stage INTEGER NOT NULL, topic INTEGER NOT NULL, next INTEGER NOT NULL, ahead TEXT NOT NULL,
  PRIMARY KEY(stage, topic)) WITHOUT ROWID;
CREATE TABLE state(stage INTEGER NOT NULL, key TEXT NOT NULL, tbl TEXT NOT NULL, entry TEXT NOT NULL,
  value TEXT NOT NULL, PRIMARY KEY(stage, key, tbl, entry)) WITHOUT ROWID;
CREATE TABLE timers(stage INTEGER NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL, due INTEGER NOT NULL,
  value TEXT NOT NULL, PRIMARY KEY(stage, key, name)) WITHOUT ROWID;
CREATE TABLE counters(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE broadcast(topic TEXT NOT NULL, key TEXT NOT NULL, seq INTEGER NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY(topic, key)) WITHOUT ROWID;
CREATE TABLE probe(id INTEGER PRIMARY KEY, filler BLOB);
)";

// Finds the timers that are due next. A log of an earlier tocsin does not have it, and may be without it again.
constexpr const char* kDueIndex = "CREATE INDEX IF NOT EXISTS timers_due ON timers(stage, due, key)";

void fill(const std::filesystem::path& file) {
  sqlite::Connection database(file, sqlite::Connection::Mode::kReadWrite);
  database.execute("PRAGMA synchronous=OFF");
  database.execute("PRAGMA journal_mode=MEMORY");
  database.execute("BEGIN IMMEDIATE");
  database.execute(kTables);
  database.execute(kDueIndex);
  database.execute("PRAGMA application_id=" + std::to_string(kApplicationId));
  database.execute("PRAGMA user_version=" + std::to_string(kFormatVersion));
  database.execute("COMMIT");
  database.execute("PRAGMA journal_mode=WAL");  // Kept in the file; whether it works, its opening tells.
}

bool sync_path(const std::filesystem::path& path) {
  int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  bool synced = ::fsync(file) == 0;
  ::close(file);
  return synced;
}

// Makes the empty log under another name first, so that it is there whole or not at all, for two syncs instead of the
// six of SQLite's own caution.
base::Result<void> create(const std::filesystem::path& file, bool durable) {
  std::filesystem::path unfinished = file.string() + ".new";
  std::error_code failure;
  std::filesystem::remove(unfinished, failure);
  fill(unfinished);
  bool done = !durable || sync_path(unfinished);
  if (done) std::filesystem::rename(unfinished, file, failure);
  done = done && !failure && (!durable || sync_path(file.parent_path()));
  if (!done) return base::passing(base::Reason::kUnavailable, file.string() + " could not be made: disk trouble");
  return base::ok();
}

bool is_missing(const std::filesystem::path& file) {
  std::error_code failure;
  auto size = std::filesystem::file_size(file, failure);
  return failure == std::errc::no_such_file_or_directory || (!failure && size == 0);
}

base::Error refuse(const std::filesystem::path& file, const std::string& why) {
  return base::permanent(base::Reason::kBadRequest, file.string() + " " + why);
}

base::Result<void> verify_format(sqlite::Connection& database, const std::filesystem::path& file) {
  if (database.number("PRAGMA application_id") != kApplicationId) {
    return refuse(file, "is a database of another program: use another data directory");
  }
  std::int64_t version = database.number("PRAGMA user_version");
  if (version > kFormatVersion) {
    return refuse(file, "has format " + std::to_string(version) + ", this tocsin knows " +
                            std::to_string(kFormatVersion) + ": use the tocsin that wrote it, or a newer one");
  }
  return base::ok();
}

base::Result<sqlite::Connection> prepare_for_writing(const std::filesystem::path& file, bool durable) {
  if (is_missing(file)) {
    BOOST_OUTCOME_TRY(create(file, durable));
  }
  sqlite::Connection database(file, sqlite::Connection::Mode::kReadWrite);
  // Deleted pages are used again, so the file stays at its high-water mark, which max_bytes bounds. Vacuuming would
  // rewrite pages on the intake's time to save disk that the next burst needs anyway.
  database.execute("PRAGMA auto_vacuum=NONE");
  if (database.text("PRAGMA journal_mode=WAL") != "wal") {
    return base::permanent(base::Reason::kUnavailable,
                           file.string() + ": this file system has no shared memory for a write-ahead log");
  }
  // The writer syncs the log itself where somebody relies on it: bus/embedded/writer.h.
  database.execute(durable ? "PRAGMA synchronous=NORMAL" : "PRAGMA synchronous=OFF");
  database.execute("PRAGMA wal_autocheckpoint=" + std::to_string(kCheckpointPages));
  database.execute("PRAGMA journal_size_limit=" + std::to_string(kWalBytes));
  BOOST_OUTCOME_TRY(verify_format(database, file));
  database.execute(kDueIndex);
  return database;
}

base::Result<sqlite::Connection> prepare_for_reading(const std::filesystem::path& file, sqlite::Connection::Mode mode) {
  sqlite::Connection database(file, mode);
  BOOST_OUTCOME_TRY(verify_format(database, file));
  return database;
}

template <class Open>
base::Result<sqlite::Connection> guarded(const std::filesystem::path& data_dir, Open open) {
  try {
    return open();
  } catch (const sqlite::SqliteError& error) {
    if (error.is_damage()) return damaged(data_dir, error.what());
    return error.to_error().in(database_file(data_dir).string());
  }
}

}  // namespace

std::filesystem::path database_file(const std::filesystem::path& data_dir) { return data_dir / "tocsin.db"; }

std::string records_table(std::int64_t topic_id) { return "records_" + std::to_string(topic_id); }

base::Error damaged(const std::filesystem::path& data_dir, const std::string& what) {
  std::string file = database_file(data_dir).string();
  return base::permanent(base::Reason::kInternal,
                         file + " is damaged (" + what +
                             "). Stop tocsin, then restore the file from a backup, or set it aside " +
                             "and begin an empty log: for f in '" + file + "'*; do mv \"$f\" \"$f.damaged\"; done");
}

base::Result<sqlite::Connection> open_for_writing(const std::filesystem::path& data_dir, bool durable) {
  return guarded(data_dir, [&] { return prepare_for_writing(database_file(data_dir), durable); });
}

base::Result<sqlite::Connection> open_for_reading(const std::filesystem::path& data_dir) {
  std::filesystem::path file = database_file(data_dir);
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) {
    return base::permanent(base::Reason::kNotFound,
                           "no log in " + data_dir.string() + ": " + file.string() + " is absent");
  }
  auto opened = guarded(data_dir, [&] { return prepare_for_reading(file, sqlite::Connection::Mode::kReadOnly); });
  if (opened || std::filesystem::exists(file.string() + "-wal", ignored)) return opened;
  // A directory we may not write to, left by a process that ended cleanly: the file alone is the whole log.
  auto frozen = guarded(data_dir, [&] { return prepare_for_reading(file, sqlite::Connection::Mode::kFrozen); });
  return frozen ? std::move(frozen) : std::move(opened);
}

}  // namespace bus::embedded
