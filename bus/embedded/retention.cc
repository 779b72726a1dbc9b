// SPDX-License-Identifier: Apache-2.0
#include "bus/embedded/retention.h"

#include <algorithm>
#include <utility>

#include "bus/embedded/layout.h"

namespace bus::embedded {

namespace {

// Records a step: 256 of 1 KB go in about 1 ms, and of 26 KB (a body of 64 alerts) in about 10 ms.
constexpr std::int64_t kStepRecords = 256;
// Between looks that find nothing.
constexpr std::chrono::seconds kLookPause(1);
// Between notes that the running stages still run; small against max_age.
constexpr std::chrono::hours kTouchPause(1);
// How far over max_bytes the log may be, in eighths, before appends must wait: room for what the stages write.
constexpr std::int64_t kSlackShare = 8;

std::int64_t to_stored(base::Time time) { return time.time_since_epoch().count(); }

}  // namespace

std::int64_t used_bytes(sqlite::Connection& database) {
  std::int64_t pages = database.number("PRAGMA page_count") - database.number("PRAGMA freelist_count");
  return pages * database.number("PRAGMA page_size");
}

Retention::Retention(Limits limits, base::Clock& clock, BusMetrics& metrics, stage::Failpoint failpoint,
                     std::function<void(std::optional<std::string>)> hold)
    : limits_(limits), clock_(clock), metrics_(metrics), failpoint_(std::move(failpoint)), hold_(std::move(hold)) {}

bool Retention::step(Store& store) {
  auto now = std::chrono::steady_clock::now();
  if (now < next_look_) return false;
  if (now >= next_touch_) {
    store.begin(clock_.now());
    store.touch_stages();
    store.commit();
    next_touch_ = now + kTouchPause;
  }
  std::int64_t bytes = used_bytes(store.database());
  metrics_.database_bytes.Set(static_cast<double>(bytes));
  floors_ = floors(store);
  auto cut = find_cut(store, bytes > limits_.max_bytes);
  judge_size(bytes, cut.has_value());
  if (!cut) {
    next_look_ = now + kLookPause;
    return false;
  }
  remove(store, *cut);
  return true;
}

void Retention::judge_size(std::int64_t bytes, bool found) {
  bool hold = !found && bytes > limits_.max_bytes + limits_.max_bytes / kSlackShare;
  if (hold == holding_) return;
  holding_ = hold;
  if (hold) {
    hold_("the log holds " + std::to_string(bytes >> 20) +
          " MB that the stages have not worked off (bus.max_bytes): appends wait until they have");
  } else {
    hold_(std::nullopt);
  }
}

std::map<std::int64_t, std::int64_t> Retention::floors(Store& store) const {
  sqlite::Statement positions = store.database().prepare(
      "SELECT topic, min(next) FROM positions JOIN stages ON stages.id = stage WHERE seen >= ?1 GROUP BY topic");
  std::map<std::int64_t, std::int64_t> found;
  sqlite::Rows rows(positions.bind(1, to_stored(clock_.now() - limits_.max_age)));
  while (rows.next()) found[positions.integer(0)] = positions.integer(1);
  return found;
}

std::optional<Retention::Cut> Retention::find_cut(Store& store, bool over_size) {
  std::optional<Cut> best;
  for (const auto& extent : store.extents()) {
    auto cut = cut_of(store, extent, over_size);
    if (cut && (!best || cut->oldest < best->oldest)) best = std::move(cut);
  }
  return best;
}

std::optional<Retention::Cut> Retention::cut_of(Store& store, const Store::Extent& extent, bool over_size) {
  bool dead_letters = extent.topic == kDeadLetters;
  base::Time cutoff = clock_.now() - (dead_letters ? limits_.dead_letter_age : limits_.max_age);
  std::string table = records_table(extent.id);
  std::int64_t oldest = store.database().number("SELECT time FROM " + table + " ORDER BY seq LIMIT 1");
  if (extent.first >= extent.next || oldest == 0) return std::nullopt;
  bool by_size = over_size && !dead_letters;
  if (!by_size && oldest >= to_stored(cutoff)) return std::nullopt;

  std::int64_t until = std::min(extent.next, extent.first + kStepRecords);
  if (auto floor = floors_.find(extent.id); floor != floors_.end()) until = std::min(until, floor->second);
  if (!by_size) {
    sqlite::Statement last =
        store.database().prepare("SELECT max(seq) FROM " + table + " WHERE seq < ?1 AND time < ?2");
    sqlite::Rows rows(last.bind(1, until).bind(2, to_stored(cutoff)));
    until = rows.next() && !last.is_null(0) ? last.integer(0) + 1 : extent.first;
  }
  if (until <= extent.first) return std::nullopt;
  return Cut{extent, until, base::Time(base::Duration(oldest))};
}

void Retention::remove(Store& store, const Cut& cut) {
  sqlite::Connection& database = store.database();
  database.execute("BEGIN IMMEDIATE");
  database.execute("DELETE FROM " + records_table(cut.extent.id) + " WHERE seq < " + std::to_string(cut.first));
  database.execute("UPDATE topics SET first = " + std::to_string(cut.first) +
                   " WHERE id = " + std::to_string(cut.extent.id));
  failpoint_("in_retention");
  database.execute("COMMIT");
  failpoint_("after_retention");
  store.trimmed(cut.extent.topic, cut.first);
  metrics_.expired(cut.extent.topic).Increment(static_cast<double>(cut.first - cut.extent.first));
}

}  // namespace bus::embedded
