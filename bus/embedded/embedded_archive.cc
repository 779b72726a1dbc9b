// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <utility>

#include "bus/embedded/embedded_bus.h"
#include "bus/embedded/layout.h"
#include "bus/sqlite/sqlite.h"
#include "bus/stage/progress.h"

namespace bus::embedded {

namespace {

using VisitRecord = std::function<bool(const Record&)>;

class EmbeddedArchive final : public Archive {
 public:
  EmbeddedArchive(std::filesystem::path data_dir, sqlite::Connection database)
      : data_dir_(std::move(data_dir)), database_(std::move(database)) {}

  base::Result<void> hold_still() override;
  base::Result<std::vector<std::string>> topics() const override;
  base::Result<void> scan(std::string_view topic, std::int64_t from_offset, const VisitRecord& visit) const override;
  base::Result<void> scan_newest_first(std::string_view topic, const VisitRecord& visit) const override;
  base::Result<void> scan_pending(std::string_view stage, std::string_view topic,
                                  const VisitRecord& visit) const override;
  base::Result<void> scan_state(
      std::string_view stage, std::string_view table,
      const std::function<void(const std::string&, const std::string&, const std::string&)>& visit) const override;
  base::Result<std::map<std::string, std::int64_t>> counters() const override;

 private:
  template <class Read>
  auto guarded(Read read) const -> base::Result<decltype(read())>;
  std::optional<std::int64_t> topic_id(std::string_view topic) const;
  stage::Progress position(std::string_view stage, std::int64_t topic_id) const;
  void visit_records(std::string_view topic, const std::string& condition, std::int64_t from,
                     const VisitRecord& visit) const;

  std::filesystem::path data_dir_;
  mutable sqlite::Connection database_;
};

template <class Read>
auto EmbeddedArchive::guarded(Read read) const -> base::Result<decltype(read())> {
  try {
    if constexpr (std::is_void_v<decltype(read())>) {
      read();
      return base::ok();
    } else {
      return read();
    }
  } catch (const sqlite::SqliteError& error) {
    if (error.is_damage()) return damaged(data_dir_, error.what());
    return error.to_error().in(database_file(data_dir_).string());
  } catch (const std::invalid_argument& error) {
    return damaged(data_dir_, error.what());
  }
}

// The transaction ends with the connection. A deferred one begins with its first read.
base::Result<void> EmbeddedArchive::hold_still() {
  return guarded([this] { database_.execute("BEGIN; SELECT count(*) FROM sqlite_schema"); });
}

base::Result<std::vector<std::string>> EmbeddedArchive::topics() const {
  return guarded([this] {
    std::vector<std::string> names;
    sqlite::Statement topics = database_.prepare("SELECT name FROM topics ORDER BY name");
    while (topics.step()) names.emplace_back(topics.text(0));
    return names;
  });
}

std::optional<std::int64_t> EmbeddedArchive::topic_id(std::string_view topic) const {
  sqlite::Statement find = database_.prepare("SELECT id FROM topics WHERE name = ?1");
  if (!find.bind(1, topic).step()) return std::nullopt;
  return find.integer(0);
}

void EmbeddedArchive::visit_records(std::string_view topic, const std::string& condition, std::int64_t from,
                                    const VisitRecord& visit) const {
  auto id = topic_id(topic);
  if (!id) return;
  sqlite::Statement records =
      database_.prepare("SELECT seq, time, key, value FROM " + records_table(*id) + " WHERE seq >= ?1 " + condition);
  records.bind(1, from);
  Record record;
  record.topic = topic;
  while (records.step()) {
    record.offset = records.integer(0);
    record.time = base::Time(base::Duration(records.integer(1)));
    record.key = records.text(2);
    record.value = records.text(3);
    if (!visit(record)) return;
  }
}

base::Result<void> EmbeddedArchive::scan(std::string_view topic, std::int64_t from_offset,
                                         const VisitRecord& visit) const {
  return guarded([&] { visit_records(topic, "ORDER BY seq", from_offset, visit); });
}

base::Result<void> EmbeddedArchive::scan_newest_first(std::string_view topic, const VisitRecord& visit) const {
  return guarded([&] { visit_records(topic, "ORDER BY seq DESC", 0, visit); });
}

stage::Progress EmbeddedArchive::position(std::string_view stage, std::int64_t topic_id) const {
  sqlite::Statement find = database_.prepare(
      "SELECT next, ahead FROM positions JOIN stages ON stages.id = stage WHERE stages.name = ?1 AND topic = ?2");
  if (!find.bind(1, stage).bind(2, topic_id).step()) return {};
  return stage::Progress(find.integer(0), find.text(1));
}

base::Result<void> EmbeddedArchive::scan_pending(std::string_view stage, std::string_view topic,
                                                 const VisitRecord& visit) const {
  return guarded([&] {
    auto id = topic_id(topic);
    if (!id) return;
    stage::Progress done = position(stage, *id);
    visit_records(topic, "ORDER BY seq", done.next(),
                  [&](const Record& record) { return done.is_done(record.offset) || visit(record); });
  });
}

base::Result<void> EmbeddedArchive::scan_state(
    std::string_view stage, std::string_view table,
    const std::function<void(const std::string&, const std::string&, const std::string&)>& visit) const {
  return guarded([&] {
    sqlite::Statement state = database_.prepare(
        "SELECT key, entry, value FROM state JOIN stages ON stages.id = stage WHERE stages.name = ?1 AND tbl = ?2");
    state.bind(1, stage).bind(2, table);
    while (state.step()) visit(std::string(state.text(0)), std::string(state.text(1)), std::string(state.text(2)));
  });
}

base::Result<std::map<std::string, std::int64_t>> EmbeddedArchive::counters() const {
  return guarded([this] {
    std::map<std::string, std::int64_t> found;
    sqlite::Statement counters = database_.prepare("SELECT name, value FROM counters");
    while (counters.step()) found.emplace(counters.text(0), counters.integer(1));
    return found;
  });
}

}  // namespace

base::Result<std::unique_ptr<Archive>> open_embedded_archive(const std::filesystem::path& data_dir) {
  BOOST_OUTCOME_TRY(auto database, open_for_reading(data_dir));
  return std::unique_ptr<Archive>(std::make_unique<EmbeddedArchive>(data_dir, std::move(database)));
}

}  // namespace bus::embedded
