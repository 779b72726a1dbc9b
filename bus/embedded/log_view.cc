// SPDX-License-Identifier: Apache-2.0
#include "bus/embedded/log_view.h"

#include <utility>

#include "bus/embedded/layout.h"

namespace bus::embedded {

LogView::LogView(sqlite::Connection database) : database_(std::move(database)) {
  // The newest pages are what is read: 1 MB of them is plenty.
  database_.execute("PRAGMA cache_size=-1024");
  state_ = database_.prepare("SELECT tbl, entry, value FROM state WHERE stage = ?1 AND key = ?2");
  timers_ = database_.prepare("SELECT name, due, value FROM timers WHERE stage = ?1 AND key = ?2");
  due_keys_ = database_.prepare(
      "SELECT DISTINCT due, key FROM timers WHERE stage = ?1 AND due >= ?2 ORDER BY due, key LIMIT ?3");
}

Piece LogView::read(const std::string& topic, std::int64_t topic_id, std::int64_t from, std::int64_t until,
                    std::size_t max_records, std::size_t max_bytes) {
  Piece piece;
  piece.next = until;
  sqlite::Statement& statement = records_of(topic_id);
  sqlite::Rows rows(statement.bind(1, from).bind(2, until));
  std::size_t bytes = 0;
  while (rows.next()) {
    if (piece.records.size() >= max_records || (bytes >= max_bytes && !piece.records.empty())) {
      piece.next = statement.integer(0);
      break;
    }
    auto record = std::make_shared<Record>();
    record->topic = topic;
    record->offset = statement.integer(0);
    record->time = base::Time(base::Duration(statement.integer(1)));
    record->key = statement.text(2);
    record->value = statement.text(3);
    bytes += record->key.size() + record->value.size();
    piece.records.push_back(std::move(record));
  }
  return piece;
}

std::shared_ptr<stage::KeyState> LogView::key_state(std::int64_t stage, const std::string& key) {
  auto loaded = std::make_shared<stage::KeyState>();
  {
    sqlite::Rows rows(state_.bind(1, stage).bind(2, key));
    while (rows.next()) {
      loaded->entries.emplace(stage::EntryName{std::string(state_.text(0)), std::string(state_.text(1))},
                              state_.text(2));
    }
  }
  sqlite::Rows rows(timers_.bind(1, stage).bind(2, key));
  while (rows.next()) {
    base::Time due{base::Duration(timers_.integer(1))};
    loaded->timers.emplace(timers_.text(0), stage::TimerSetting{due, std::string(timers_.text(2))});
  }
  return loaded;
}

std::vector<stage::DueKey> LogView::due_keys(std::int64_t stage, base::Time from, std::size_t most) {
  std::vector<stage::DueKey> keys;
  due_keys_.bind(1, stage).bind(2, from.time_since_epoch().count()).bind(3, static_cast<std::int64_t>(most));
  sqlite::Rows rows(due_keys_);
  while (rows.next()) {
    keys.push_back({std::string(due_keys_.text(1)), base::Time(base::Duration(due_keys_.integer(0)))});
  }
  return keys;
}

sqlite::Statement& LogView::records_of(std::int64_t topic_id) {
  auto found = records_.find(topic_id);
  if (found == records_.end()) {
    std::string sql =
        "SELECT seq, time, key, value FROM " + records_table(topic_id) + " WHERE seq >= ?1 AND seq < ?2 ORDER BY seq";
    found = records_.emplace(topic_id, database_.prepare(sql)).first;
  }
  return found->second;
}

}  // namespace bus::embedded
