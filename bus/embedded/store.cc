// SPDX-License-Identifier: Apache-2.0
#include "bus/embedded/store.h"

#include <algorithm>

#include "bus/embedded/layout.h"

namespace bus::embedded {

namespace {

std::int64_t to_stored(base::Time time) { return time.time_since_epoch().count(); }

}  // namespace

Store::Store(sqlite::Connection database) : database_(std::move(database)) {
  begin_ = database_.prepare("BEGIN IMMEDIATE");
  commit_ = database_.prepare("COMMIT");
  count_ = database_.prepare(
      "INSERT INTO counters(name, value) VALUES(?1, ?2) ON CONFLICT(name) DO UPDATE SET value = value + ?2");
  position_ = database_.prepare("REPLACE INTO positions(stage, topic, next, ahead) VALUES(?1, ?2, ?3, ?4)");
  put_state_ = database_.prepare("REPLACE INTO state(stage, key, tbl, entry, value) VALUES(?1, ?2, ?3, ?4, ?5)");
  erase_state_ = database_.prepare("DELETE FROM state WHERE stage = ?1 AND key = ?2 AND tbl = ?3 AND entry = ?4");
  set_timer_ = database_.prepare("REPLACE INTO timers(stage, key, name, due, value) VALUES(?1, ?2, ?3, ?4, ?5)");
  cancel_timer_ = database_.prepare("DELETE FROM timers WHERE stage = ?1 AND key = ?2 AND name = ?3");
  publish_ = database_.prepare("REPLACE INTO broadcast(topic, key, seq, value) VALUES(?1, ?2, ?3, ?4)");
  forget_ = database_.prepare("DELETE FROM broadcast WHERE topic = ?1 AND key = ?2");
  broadcast_entries_ = database_.prepare("SELECT key, seq, value FROM broadcast WHERE topic = ?1");
  load_logs();
}

void Store::begin(base::Time now) {
  now_ = now;
  begin_.run();
}

void Store::commit() {
  write_counters();
  for (auto& entry : moved_) write_position(entry->first.first, entry->second);
  commit_.run();
  for (auto& entry : moved_) entry->second.before.reset();
  moved_.clear();
  counts_.clear();
  for (auto& [name, topic] : logs_) {
    topic.is_new = false;
    if (!topic.next_before) continue;
    fresh_.push_back({name, topic.next, topic.next - *topic.next_before, std::move(topic.fresh)});
    topic.fresh.clear();
    topic.next_before.reset();
  }
}

void Store::roll_back() noexcept {
  commit_.reset();
  begin_.reset();
  database_.roll_back();
  for (auto& entry : moved_) entry->second.progress = *std::exchange(entry->second.before, std::nullopt);
  moved_.clear();
  counts_.clear();
  std::erase_if(logs_, [](const auto& entry) { return entry.second.is_new; });
  for (auto& [name, topic] : logs_) {
    if (!topic.next_before) continue;
    topic.next = *std::exchange(topic.next_before, std::nullopt);
    topic.fresh.clear();
  }
}

std::vector<Fresh> Store::take_fresh() { return std::exchange(fresh_, {}); }

void Store::append(const std::shared_ptr<Record>& record) {
  TopicLog& topic = log(record->topic);
  if (!topic.next_before) topic.next_before = topic.next;
  record->offset = topic.next;
  record->time = now_;
  topic.insert.bind(1, topic.next).bind(2, to_stored(now_)).bind(3, record->key).bind(4, record->value).run();
  ++topic.next;
  if (topic.readers > 0) topic.fresh.push_back(record);
}

void Store::count(const std::string& counter, std::int64_t by) { counts_[counter] += by; }

void Store::write_counters() {
  for (const auto& [name, by] : counts_) count_.bind(1, name).bind(2, by).run();
}

std::int64_t Store::stage(std::string_view name) {
  sqlite::Statement know = database_.prepare(
      "INSERT INTO stages(name, seen) VALUES(?1, ?2) ON CONFLICT(name) DO UPDATE SET seen = max(seen, ?2) RETURNING "
      "id");
  sqlite::Rows rows(know.bind(1, name).bind(2, to_stored(now_)));
  rows.next();
  std::int64_t id = know.integer(0);
  rows.next();  // RETURNING takes effect when stepped to its end.
  return id;
}

stage::Progress Store::enter(std::int64_t stage, std::string_view topic, bool from_oldest) {
  TopicLog& entered = log(topic);
  sqlite::Statement find = database_.prepare("SELECT next, ahead FROM positions WHERE stage = ?1 AND topic = ?2");
  sqlite::Rows rows(find.bind(1, stage).bind(2, entered.id));
  Position position;
  position.topic_id = entered.id;
  if (rows.next()) {
    position.progress = stage::Progress(find.integer(0), find.text(1));
  } else {
    position.progress = stage::Progress(from_oldest ? entered.first : entered.next, "");
  }
  position.progress.raise_to(entered.first);
  write_position(stage, position);
  return positions_.insert_or_assign({stage, std::string(topic)}, std::move(position)).first->second.progress;
}

void Store::mark(std::int64_t stage, std::string_view topic, std::int64_t offset) {
  auto entry = positions_.find({stage, std::string(topic)});
  if (!entry->second.before) {
    entry->second.before = entry->second.progress;
    moved_.push_back(entry);
  }
  entry->second.progress.mark(offset);
}

void Store::leave(std::int64_t stage) {
  std::erase_if(positions_, [stage](const auto& entry) { return entry.first.first == stage; });
}

void Store::want(std::string_view topic, int readers) { log(topic).readers += readers; }

void Store::write_position(std::int64_t stage, Position& position) {
  std::string ahead = position.progress.ahead();
  position_.bind(1, stage).bind(2, position.topic_id).bind(3, position.progress.next()).bind(4, ahead).run();
}

void Store::put_state(std::int64_t stage, std::string_view key, std::string_view table, std::string_view entry,
                      std::string_view value) {
  put_state_.bind(1, stage).bind(2, key).bind(3, table).bind(4, entry).bind(5, value).run();
}

void Store::erase_state(std::int64_t stage, std::string_view key, std::string_view table, std::string_view entry) {
  erase_state_.bind(1, stage).bind(2, key).bind(3, table).bind(4, entry).run();
}

void Store::set_timer(std::int64_t stage, const Timer& timer) {
  set_timer_.bind(1, stage)
      .bind(2, timer.key)
      .bind(3, timer.name)
      .bind(4, to_stored(timer.due))
      .bind(5, timer.value)
      .run();
}

void Store::cancel_timer(std::int64_t stage, std::string_view key, std::string_view name) {
  cancel_timer_.bind(1, stage).bind(2, key).bind(3, name).run();
}

void Store::publish(std::string_view topic, std::string_view key, std::int64_t seq, std::string_view value) {
  if (value.empty()) {
    forget_.bind(1, topic).bind(2, key).run();
  } else {
    publish_.bind(1, topic).bind(2, key).bind(3, seq).bind(4, value).run();
  }
}

std::int64_t Store::last_broadcast() { return database_.number("SELECT max(seq) FROM broadcast"); }

void Store::probe() {
  database_.execute("BEGIN IMMEDIATE");
  database_.execute("REPLACE INTO probe(id, filler) VALUES(1, zeroblob(262144))");
  database_.execute("COMMIT");
  database_.execute("DELETE FROM probe");
}

std::int64_t Store::topic_id(std::string_view topic) { return log(topic).id; }

void Store::trimmed(std::string_view topic, std::int64_t first) { log(topic).first = first; }

std::vector<Store::Extent> Store::extents() const {
  std::vector<Extent> all;
  for (const auto& [name, topic] : logs_) all.push_back({name, topic.id, topic.first, topic.next});
  return all;
}

void Store::touch_stages() {
  sqlite::Statement touch = database_.prepare("UPDATE stages SET seen = ?2 WHERE id = ?1");
  for (const auto& [key, position] : positions_) touch.bind(1, key.first).bind(2, to_stored(now_)).run();
}

Store::TopicLog& Store::log(std::string_view topic) {
  auto found = logs_.find(topic);
  return found != logs_.end() ? found->second : create_log(topic);
}

Store::TopicLog& Store::create_log(std::string_view name) {
  sqlite::Statement add = database_.prepare("INSERT INTO topics(name, first) VALUES(?1, 1) RETURNING id");
  TopicLog topic;
  {
    sqlite::Rows rows(add.bind(1, name));
    rows.next();
    topic.id = add.integer(0);
    rows.next();
  }
  database_.execute("CREATE TABLE " + records_table(topic.id) +
                    "(seq INTEGER PRIMARY KEY, time INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL)");
  open_log(topic);
  topic.is_new = true;
  return logs_.emplace(name, std::move(topic)).first->second;
}

void Store::load_logs() {
  sqlite::Statement topics = database_.prepare("SELECT id, name, first FROM topics");
  sqlite::Rows rows(topics);
  while (rows.next()) {
    TopicLog topic;
    topic.id = topics.integer(0);
    topic.first = topics.integer(2);
    open_log(topic);
    logs_.emplace(topics.text(1), std::move(topic));
  }
}

void Store::open_log(TopicLog& topic) {
  std::string table = records_table(topic.id);
  topic.insert = database_.prepare("INSERT INTO " + table + "(seq, time, key, value) VALUES(?1, ?2, ?3, ?4)");
  // An emptied topic goes on counting where it was.
  topic.next = std::max(topic.first, database_.number("SELECT max(seq) FROM " + table) + 1);
}

}  // namespace bus::embedded
