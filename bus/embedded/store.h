// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/time.h"
#include "bus/bus.h"
#include "bus/sqlite/sqlite.h"
#include "bus/stage/progress.h"

namespace bus::embedded {

// What one commit appended to a topic. `records` is empty when no stage of this process reads the topic.
struct Fresh {
  std::string topic;
  std::int64_t next = 1;  // Behind the last record.
  std::int64_t count = 0;
  std::vector<std::shared_ptr<const Record>> records;
};

// The write side of the log: what a batch of units does to the tables, between begin() and commit(). Everything kept in
// memory (ends of topics, positions) follows the tables: roll_back() restores it. Throws SqliteError; after one, only
// roll_back() may follow. For the writer's thread.
class Store {
 public:
  explicit Store(sqlite::Connection database);

  void begin(base::Time now);
  void commit();
  // What was committed survives the loss of power.
  void sync() { database_.sync_log(); }
  void roll_back() noexcept;
  // What the last commit appended.
  std::vector<Fresh> take_fresh();

  // Gives the record its offset and time. The caller keeps it for another try; nobody else sees it before the commit.
  void append(const std::shared_ptr<Record>& record);
  void count(const std::string& counter, std::int64_t by);

  // The stage's number, made known if it is new.
  std::int64_t stage(std::string_view name);
  // Where the stage stands, made durable. A stage that is new to the topic begins at the oldest record or at the end.
  stage::Progress enter(std::int64_t stage, std::string_view topic, bool from_oldest);
  // `progress` in memory is the caller's; here it moves with the commit.
  void mark(std::int64_t stage, std::string_view topic, std::int64_t offset);
  void leave(std::int64_t stage);
  // Whether any stage of this process wants records handed over. Counted.
  void want(std::string_view topic, int readers);

  void put_state(std::int64_t stage, std::string_view key, std::string_view table, std::string_view entry,
                 std::string_view value);
  void erase_state(std::int64_t stage, std::string_view key, std::string_view table, std::string_view entry);
  void set_timer(std::int64_t stage, const Timer& timer);
  void cancel_timer(std::int64_t stage, std::string_view key, std::string_view name);

  // Writes a broadcast entry, or removes it when the value is empty.
  void publish(std::string_view topic, std::string_view key, std::int64_t seq, std::string_view value);
  template <class Visit>
  void broadcast_entries(std::string_view topic, Visit visit) {
    sqlite::Rows rows(broadcast_entries_.bind(1, topic));
    while (rows.next()) {
      visit(std::string(broadcast_entries_.text(0)), broadcast_entries_.integer(1),
            std::string(broadcast_entries_.text(2)));
    }
  }
  std::int64_t last_broadcast();

  // Writes and removes something big enough to need room in the file: whether the disk takes data again.
  void probe();
  std::int64_t topic_id(std::string_view topic);
  std::int64_t next_offset(std::string_view topic) { return log(topic).next; }
  sqlite::Connection& database() { return database_; }

  // For retention: the topics, and what is below `first` of one is gone.
  struct Extent {
    std::string topic;
    std::int64_t id;
    std::int64_t first;
    std::int64_t next;
  };
  std::vector<Extent> extents() const;
  void trimmed(std::string_view topic, std::int64_t first);
  // The stages of this process are in use now.
  void touch_stages();

 private:
  struct TopicLog {
    std::int64_t id = 0;
    std::int64_t first = 1;
    std::int64_t next = 1;
    int readers = 0;
    sqlite::Statement insert;
    std::optional<std::int64_t> next_before;  // Where it stood when this batch first touched it.
    bool is_new = false;
    std::vector<std::shared_ptr<const Record>> fresh;
  };
  struct Position {
    std::int64_t topic_id = 0;
    stage::Progress progress;
    std::optional<stage::Progress> before;
  };
  using PositionKey = std::pair<std::int64_t, std::string>;

  TopicLog& log(std::string_view topic);
  TopicLog& create_log(std::string_view topic);
  void load_logs();
  void open_log(TopicLog& topic);
  void write_position(std::int64_t stage, Position& position);
  void write_counters();

  sqlite::Connection database_;
  base::Time now_;
  std::map<std::string, TopicLog, std::less<>> logs_;
  std::map<PositionKey, Position> positions_;
  std::map<std::string, std::int64_t> counts_;
  std::vector<std::map<PositionKey, Position>::iterator> moved_;
  std::vector<Fresh> fresh_;

  sqlite::Statement begin_, commit_, count_, position_, put_state_, erase_state_, set_timer_, cancel_timer_, publish_,
      forget_, broadcast_entries_;
};

}  // namespace bus::embedded
