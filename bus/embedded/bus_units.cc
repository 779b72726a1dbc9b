// SPDX-License-Identifier: Apache-2.0
#include "bus/embedded/bus_units.h"

#include <iterator>

namespace bus::embedded {

AppendUnit::AppendUnit(std::vector<Outgoing> records, std::vector<Count> counts, stage::Completion<Outcome> done)
    : counts_(std::move(counts)), done_(std::move(done)), bytes_(sizeof(AppendUnit)) {
  records_.reserve(records.size());
  for (auto& outgoing : records) {
    bytes_ += sizeof(Record) + outgoing.key.size() + outgoing.value.size();
    auto record = std::make_shared<Record>();
    record->topic = std::move(outgoing.topic);
    record->key = std::move(outgoing.key);
    record->value = std::move(outgoing.value);
    records_.push_back(std::move(record));
  }
}

void AppendUnit::apply(Store& store) {
  for (const auto& record : records_) store.append(record);
  for (const auto& count : counts_) store.count(count.counter, count.by);
}

void AppendUnit::committed(Store&) { done_(base::ok()); }

void AppendUnit::refused(const base::Error& error) { done_(error); }

void EnterUnit::apply(Store& store) {
  const StageSpec& spec = stage_->spec();
  id_ = store.stage(spec.name);
  entered_.clear();
  for (const auto& topic : spec.inputs) {
    stage::Progress progress = store.enter(id_, topic, spec.from_oldest);
    entered_.push_back({store.topic_id(topic), std::move(progress), store.next_offset(topic)});
  }
}

void EnterUnit::committed(Store& store) {
  router_.add(store, stage_);
  stage_->activate(id_, std::move(entered_));
}

PublishUnit::PublishUnit(Board& board, std::string topic, std::string key, std::string value,
                         stage::Completion<Outcome> done)
    : board_(board), topic_(std::move(topic)), key_(std::move(key)), value_(std::move(value)), done_(std::move(done)) {}

void PublishUnit::apply(Store& store) { board_.write(store, topic_, key_, value_); }

void PublishUnit::committed(Store&) {
  board_.written(topic_, key_, std::move(value_));
  done_(base::ok());
}

}  // namespace bus::embedded
