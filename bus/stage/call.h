// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "bus/stage/key_state.h"
#include "bus/transaction.h"

namespace bus::stage {

// The transaction of one handler call: the key's state with the call's own changes over it. What it gathered is taken
// when the call succeeded, and dropped with it when not.
class Call final : public Transaction {
 public:
  // `key` and `state` outlive the call and do not change meanwhile.
  Call(const std::string& key, base::Time now, base::Time owned_since, const KeyState& state)
      : key_(key), now_(now), owned_since_(owned_since), state_(state) {}

  const std::string& key() const override { return key_; }
  base::Time now() const override { return now_; }
  base::Time owned_since() const override { return owned_since_; }
  const std::string* get(std::string_view table, std::string_view entry) const override;
  std::vector<std::pair<std::string, std::string>> entries(std::string_view table) const override;
  void put(std::string_view table, std::string_view entry, std::string value) override;
  void erase(std::string_view table, std::string_view entry) override;
  void set_timer(std::string_view name, base::Time due, std::string value) override;
  void cancel_timer(std::string_view name) override;
  void emit(std::string_view topic, std::string key, std::string value) override;
  void count(std::string_view counter, std::int64_t by) override;

  // Why what it gathered can't be written, if so.
  base::Result<void> verdict() const;
  // What it adds to the key's state at most.
  std::size_t state_bytes() const;
  Changes take() { return std::move(changes_); }

 private:
  const std::string& key_;
  base::Time now_;
  base::Time owned_since_;
  const KeyState& state_;
  Changes changes_;
  std::size_t largest_ = 0;
  std::size_t emitted_bytes_ = 0;
};

// What a record may hold. SQLite would take 1 GB; a record is read into memory whole.
inline constexpr std::size_t kMaxRecordBytes = 32U << 20;
// What one call may put out. All of it is in memory and becomes durable at once, with as much of the calls before it as
// shares its commit (1 MB): on Kafka it must fit between a producer and its brokers (64 MB, 100,000 messages). A
// webhook body of 8 MB and 50,000 alerts becomes some 40 MB.
inline constexpr std::size_t kMaxOutputBytes = 48U << 20;
inline constexpr std::size_t kMaxOutputs = 60'000;

}  // namespace bus::stage
