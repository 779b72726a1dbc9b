// SPDX-License-Identifier: Apache-2.0
#include "app/heartbeat/delivered_beats.h"

#include <boost/asio/awaitable.hpp>

#include "app/heartbeat/beat.h"
#include "schemas/delivery.h"
#include "schemas/topics.h"
#include "sinks/delivery/stage.h"

namespace app::heartbeat {

namespace {

// A transaction as it is, that remembers when a receipt says that something was delivered.
class Watched final : public bus::Transaction {
 public:
  explicit Watched(bus::Transaction& txn) : txn_(txn) {}

  bool has_delivered() const { return has_delivered_; }

  const std::string& key() const override { return txn_.key(); }
  base::Time now() const override { return txn_.now(); }
  base::Time owned_since() const override { return txn_.owned_since(); }
  const std::string* get(std::string_view table, std::string_view entry) const override {
    return txn_.get(table, entry);
  }
  std::vector<std::pair<std::string, std::string>> entries(std::string_view table) const override {
    return txn_.entries(table);
  }
  void put(std::string_view table, std::string_view entry, std::string value) override {
    txn_.put(table, entry, std::move(value));
  }
  void erase(std::string_view table, std::string_view entry) override { txn_.erase(table, entry); }
  void set_timer(std::string_view name, base::Time due, std::string value) override {
    txn_.set_timer(name, due, std::move(value));
  }
  void cancel_timer(std::string_view name) override { txn_.cancel_timer(name); }
  void emit(std::string_view topic, std::string key, std::string value) override {
    if (topic == schemas::topics::kReceipts) {
      auto receipt = schemas::decode_receipt(value);
      has_delivered_ |= receipt && receipt.value().outcome == schemas::DeliveryOutcome::kDelivered;
    }
    txn_.emit(topic, std::move(key), std::move(value));
  }
  void count(std::string_view counter, std::int64_t by) override { txn_.count(counter, by); }

 private:
  bus::Transaction& txn_;
  bool has_delivered_ = false;
};

}  // namespace

DeliveredBeats::DeliveredBeats(std::string_view sink, bus::Handler& handler, Passes& passes)
    : stage_(sinks::delivery_stage(sink)), handler_(handler), passes_(passes) {}

// The deliveries of beats have a key of their own: kSource.
base::Task<base::Result<void>> DeliveredBeats::on_record(const bus::Record& record, bus::Transaction& txn) {
  if (txn.key() != kSource) co_return co_await handler_.on_record(record, txn);
  Watched watched(txn);
  auto handled = co_await handler_.on_record(record, watched);
  if (handled && watched.has_delivered()) passes_.note(stage_, {txn.now()});
  co_return handled;
}

base::Task<base::Result<void>> DeliveredBeats::on_timer(const bus::Timer& timer, bus::Transaction& txn) {
  if (txn.key() != kSource) co_return co_await handler_.on_timer(timer, txn);
  Watched watched(txn);
  auto handled = co_await handler_.on_timer(timer, watched);
  if (handled && watched.has_delivered()) passes_.note(stage_, {txn.now()});
  co_return handled;
}

void DeliveredBeats::on_dead_letter(const bus::Record& record, const base::Error& error, bus::Transaction& txn) {
  handler_.on_dead_letter(record, error, txn);
}

}  // namespace app::heartbeat
