// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/kafka_archive.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "bus/kafka/lane_cuts.h"
#include "bus/kafka/newest_first.h"
#include "bus/kafka/repeats.h"
#include "bus/kafka/topic_look.h"

namespace bus::kafka {

namespace {

using VisitRecord = std::function<bool(const Record&)>;
using VisitEntry = std::function<void(const std::string&, const std::string&, const std::string&)>;

// How a stage stands to a record that does not count as done.
enum class Standing {
  kPending,  // Not done, and what caused it is.
  kAhead,    // Done, before what caused it is.
};
using VisitStanding = std::function<bool(Standing, const FoundRecord&)>;

base::Result<KeyRecord> read_key_record(const MessageView& message) {
  BOOST_OUTCOME_TRY(auto value, changelog_value(message));
  return decode_key_record(value);
}

class KafkaArchive final : public Archive {
 public:
  explicit KafkaArchive(std::unique_ptr<TopicLook> look) : look_(std::move(look)) {}

  base::Result<void> hold_still() override { return load_cuts(); }
  base::Result<std::vector<std::string>> topics() const override;
  base::Result<void> scan(std::string_view topic, std::int64_t from_offset, const VisitRecord& visit) const override;
  base::Result<void> scan_newest_first(std::string_view topic, const VisitRecord& visit) const override;
  base::Result<void> scan_pending(std::string_view stage, std::string_view topic,
                                  const VisitRecord& visit) const override;
  base::Result<void> scan_ahead(std::string_view stage, std::string_view topic,
                                const VisitRecord& visit) const override;
  base::Result<void> scan_state(std::string_view stage, std::string_view table, const VisitEntry& visit) const override;
  base::Result<std::map<std::string, std::int64_t>> counters() const override;

 private:
  base::Result<void> load_cuts() const;
  base::Result<void> judge(std::string_view stage, std::string_view topic, const VisitStanding& visit) const;
  base::Result<bool> judge_partition(const LaneCut& lane, const std::string& topic, std::int32_t partition,
                                     const Watermarks& extent, const VisitStanding& visit) const;
  std::int64_t first_carrier(const std::vector<SourceWindow>& sources, std::int64_t next) const;
  base::Result<void> scan_partition_state(const std::string& changelog, std::int32_t partition,
                                          const Watermarks& extent, std::string_view table,
                                          const VisitEntry& visit) const;

  const std::unique_ptr<TopicLook> look_;
  mutable std::optional<LaneCuts> cuts_;
};

// Before the ends of any record's topic are asked for: what a stage was done with then, its outputs are below them.
base::Result<void> KafkaArchive::load_cuts() const {
  if (cuts_) return base::ok();
  BOOST_OUTCOME_TRY(cuts_, LaneCuts::read(*look_));
  return base::ok();
}

base::Result<std::vector<std::string>> KafkaArchive::topics() const {
  BOOST_OUTCOME_TRY(auto topics, look_->topics());
  std::erase_if(topics, [](const std::string& topic) { return topic.starts_with(kChangelogs); });
  return topics;
}

base::Result<void> KafkaArchive::scan(std::string_view topic, std::int64_t from_offset,
                                      const VisitRecord& visit) const {
  BOOST_OUTCOME_TRY(auto extents, look_->extents(std::string(topic)));
  bool wanted = true;
  for (std::size_t i = 0; i < extents.size() && wanted; ++i) {
    auto take = [&](const FoundRecord& found) { return wanted = visit(found.record); };
    std::int64_t from = std::max(from_offset, extents[i].low);
    BOOST_OUTCOME_TRY(look_->scan(std::string(topic), static_cast<std::int32_t>(i), from, extents[i].high, take));
  }
  return base::ok();
}

base::Result<void> KafkaArchive::scan_newest_first(std::string_view topic, const VisitRecord& visit) const {
  return NewestFirst(*look_, std::string(topic)).visit(visit);
}

base::Result<void> KafkaArchive::judge(std::string_view stage, std::string_view topic,
                                       const VisitStanding& visit) const {
  BOOST_OUTCOME_TRY(load_cuts());
  BOOST_OUTCOME_TRY(auto extents, look_->extents(std::string(topic)));
  static const LaneCut kNothingDone;
  for (std::size_t i = 0; i < extents.size(); ++i) {
    auto partition = static_cast<std::int32_t>(i);
    const LaneCut* lane = cuts_->find(stage, partition);
    BOOST_OUTCOME_TRY(bool wanted, judge_partition(lane != nullptr ? *lane : kNothingDone, std::string(topic),
                                                   partition, extents[i], visit));
    if (!wanted) break;
  }
  return base::ok();
}

// The lowest record that was done before what caused it, as far as the position record remembers.
std::int64_t KafkaArchive::first_carrier(const std::vector<SourceWindow>& sources, std::int64_t next) const {
  for (const SourceWindow& source : sources) {
    const LaneCut* lane = cuts_->find(source.stage, source.partition);
    for (const SeenCause& seen : source.offsets) {
      if (lane == nullptr || !lane->is_cause_done(source.topic, seen.at)) next = std::min(next, seen.carrier);
    }
  }
  return next;
}

base::Result<bool> KafkaArchive::judge_partition(const LaneCut& lane, const std::string& topic, std::int32_t partition,
                                                 const Watermarks& extent, const VisitStanding& visit) const {
  auto position = lane.inputs.find(topic);
  const InputPosition none{extent.low, "", extent.low, {}};
  const InputPosition& input = position != lane.inputs.end() ? position->second : none;
  std::int64_t look_back = std::min(input.look_back, input.next);
  Repeats repeats(input.sources);
  bool wanted = true;
  auto take = [&](const FoundRecord& found) {
    const auto& [record, cause, counts] = found;
    bool is_new = record.offset >= look_back;
    if (is_new && cause && repeats.is_repeat(*cause, record.key, record.offset)) return true;
    bool done = lane.is_done(topic, record.offset);
    bool settled = !cause || cuts_->is_settled(*cause);
    if (done == settled) return true;
    return wanted = visit(done ? Standing::kAhead : Standing::kPending, found);
  };
  std::int64_t from = std::max(extent.low, first_carrier(input.sources, look_back));
  BOOST_OUTCOME_TRY(look_->scan(topic, partition, from, extent.high, take));
  return wanted;
}

base::Result<void> KafkaArchive::scan_pending(std::string_view stage, std::string_view topic,
                                              const VisitRecord& visit) const {
  return judge(stage, topic, [&](Standing standing, const FoundRecord& found) {
    return standing != Standing::kPending || visit(found.record);
  });
}

base::Result<void> KafkaArchive::scan_ahead(std::string_view stage, std::string_view topic,
                                            const VisitRecord& visit) const {
  return judge(stage, topic, [&](Standing standing, const FoundRecord& found) {
    return standing != Standing::kAhead || visit(found.record);
  });
}

base::Result<void> KafkaArchive::scan_state(std::string_view stage, std::string_view table,
                                            const VisitEntry& visit) const {
  BOOST_OUTCOME_TRY(load_cuts());
  std::string changelog = std::string(kChangelogs) + std::string(stage);
  BOOST_OUTCOME_TRY(auto extents, look_->extents(changelog));
  for (std::size_t i = 0; i < extents.size(); ++i) {
    BOOST_OUTCOME_TRY(scan_partition_state(changelog, static_cast<std::int32_t>(i), extents[i], table, visit));
  }
  return base::ok();
}

// Twice through the partition: first for where the newest state of each key is, so that only their places are kept.
base::Result<void> KafkaArchive::scan_partition_state(const std::string& changelog, std::int32_t partition,
                                                      const Watermarks& extent, std::string_view table,
                                                      const VisitEntry& visit) const {
  std::map<std::string, std::int64_t, std::less<>> newest;
  LaneCutReader owners;
  const ReadRange range{look_->name_of(changelog), partition, extent.low, extent.high};
  BOOST_OUTCOME_TRY(look_->read({range}, [&](const MessageView& message) {
    auto key = key_of(message.key);
    if (!key) owners.take(message);
    if (!key) return true;
    auto record = message.value ? read_key_record(message) : KeyRecord{};
    if (record && message.value && owners.is_late(record.value().epoch, message.offset)) return true;
    bool has_entries = record && std::any_of(record.value().state.entries.begin(), record.value().state.entries.end(),
                                             [&](const auto& entry) { return entry.first.table == table; });
    if (has_entries) {
      newest.insert_or_assign(std::string(*key), message.offset);
    } else {
      newest.erase(std::string(*key));
    }
    return true;
  }));
  if (newest.empty()) return base::ok();
  return look_->read({range}, [&](const MessageView& message) {
    auto key = key_of(message.key);
    auto found = key ? newest.find(*key) : newest.end();
    if (found == newest.end() || found->second != message.offset || !message.value) return true;
    auto record = read_key_record(message);
    if (!record) return true;
    for (const auto& [name, value] : record.value().state.entries) {
      if (name.table == table) visit(found->first, name.entry, value);
    }
    return true;
  });
}

base::Result<std::map<std::string, std::int64_t>> KafkaArchive::counters() const {
  BOOST_OUTCOME_TRY(load_cuts());
  std::map<std::string, std::int64_t> sums;
  std::set<std::pair<std::string, std::string>> inputs;  // Stage and topic.
  for (const auto& [stage, lanes] : cuts_->stages()) {
    for (const LaneCut& lane : lanes) {
      for (const auto& [counter, value] : lane.counters) sums[counter] += value;
      for (const auto& [topic, done] : lane.done) inputs.emplace(stage, topic);
    }
  }
  for (const auto& [stage, topic] : inputs) {
    BOOST_OUTCOME_TRY(judge(stage, topic, [&](Standing standing, const FoundRecord& found) {
      if (standing != Standing::kPending) return true;
      for (const Count& count : found.counts) sums[count.counter] += count.by;
      return true;
    }));
  }
  return sums;
}

}  // namespace

base::Result<std::unique_ptr<Archive>> open_kafka_archive(const KafkaOptions& options) {
  BOOST_OUTCOME_TRY(auto look, TopicLook::open(options));
  return std::unique_ptr<Archive>(std::make_unique<KafkaArchive>(std::move(look)));
}

}  // namespace bus::kafka
