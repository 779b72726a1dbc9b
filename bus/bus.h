// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/component.h"
#include "base/result.h"
#include "base/task.h"
#include "base/time.h"
#include "bus/transaction.h"

namespace bus {

// A record as a stage reads it.
struct Record {
  std::string topic;
  std::int32_t partition = 0;  // Always 0 on the embedded log.
  std::int64_t offset = 0;     // Ascending within topic and partition.
  base::Time time;             // The pipeline's clock at the append.
  std::string key;
  std::string value;
  int attempt = 1;  // Of the present stage at this record; kept over restarts only where it costs nothing.
};

// What a stage does with its input. One Handler serves all keys of a stage: it is called for different keys at the same
// time, from any thread of the stage's executor, and for one key strictly in order. It keeps no state of its own: what
// it must remember, it puts into the Transaction.
//
// A returned error with Retry::never dead-letters the record; any other is tried again with backoff, and dead-lettered
// after StageSpec::max_attempts. Nothing of a failed call's Transaction remains. When the stage is stopped, running
// calls are cancelled and their records are read again by whoever runs the stage next.
class Handler {
 public:
  virtual ~Handler() = default;
  virtual base::Task<base::Result<void>> on_record(const Record& record, Transaction& txn) = 0;
  // A timer that on_record or on_timer set for this key is due.
  virtual base::Task<base::Result<void>> on_timer(const Timer& timer, Transaction& txn);
  // The record was given up: the bus writes it to the dead-letter topic in this same transaction; the stage adds its
  // accounting. Must not fail.
  virtual void on_dead_letter(const Record& record, const base::Error& error, Transaction& txn);
};

// A consumer group with state: every record of `inputs` is handled once by some worker of the stage.
struct StageSpec {
  std::string name;                 // Names the group, its position, its state and timers: stable over releases.
  std::vector<std::string> inputs;  // Topics.
  // Keys handled at the same time; what lies behind them waits in the log. Each holds one record in memory plus what
  // its handler uses.
  std::size_t concurrency = 64;
  // A record that fails this often is poison.
  int max_attempts = 3;
  // Where a stage that has never run begins: at the oldest record kept, or with what comes from now on.
  bool from_oldest = true;
  // Its handlers change the outside world, so it is given only what can't be lost any more, and what it remembers can't
  // be lost either. What other stages did may be taken back by a loss of power, as a whole, and is then done again.
  bool acts_outside = false;
};

// What to append from outside a stage.
struct Outgoing {
  std::string topic;
  std::string key;
  std::string value;
};
struct Count {
  std::string counter;
  std::int64_t by = 1;
};

// How a stage of this process is doing.
struct StageHealth {
  std::string stage;
  bool ready = true;
  std::string detail;  // "12 partitions, 3 records behind", "restoring 200 of 5000 records"; for people.
};

// Whether the bus can take and give records now, for /readyz.
struct Health {
  bool writable = true;
  std::string detail;                    // Why not, for people.
  std::vector<StageHealth> stages = {};  // Where there is something to say of them.
};

// A bounded local copy of a broadcast topic: the newest value of each key, whole on every worker.
class BroadcastTable {
 public:
  virtual ~BroadcastTable() = default;
  virtual std::optional<std::string> find(std::string_view key) const = 0;
  virtual void for_each(const std::function<void(const std::string& key, const std::string& value)>& visit) const = 0;
  virtual std::size_t size() const = 0;
};

// The durable log between the stages: topics of opaque records with a key, consumer groups with keyed state and timers
// that move together with outputs and input positions, and broadcast topics. It does not know what an alert is.
//
// Order holds within a key. A record of a topic is seen by each stage that reads the topic. Topics come into being with
// their first record. Time is the clock given to the implementation. Thread-safe. Lifecycle: base/component.h; stages
// are added before start() or while running, and stop with the bus.
class Bus : public base::Component {
 public:
  // Makes records and counts durable, all or none; completes when they are. Fails with kFull or kUnavailable (retry
  // later) when the log can't take them now; on Kafka a part may have been kept then, which the next try repeats. A
  // topic whose appends carry counts is read by one stage: on Kafka it is the one that adds them up.
  virtual base::Task<base::Result<void>> append(std::vector<Outgoing> records, std::vector<Count> counts = {}) = 0;

  // Starts handling. `handler` must outlive the bus or remove_stage(). Handlers run on `executor`.
  virtual base::Result<void> add_stage(StageSpec spec, Handler& handler, base::Executor executor) = 0;
  // Cancels the stage's running handlers and completes when none is left. Its position, state and timers stay.
  virtual base::Task<void> remove_stage(std::string_view name) = 0;

  // A broadcast topic and the view of it. The table keeps the newest `max_entries` keys; publishing past the bound
  // forgets the oldest. An empty value removes the key.
  virtual base::Result<std::shared_ptr<BroadcastTable>> join_broadcast(std::string topic, std::size_t max_entries) = 0;
  virtual base::Task<base::Result<void>> publish(std::string topic, std::string key, std::string value) = 0;

  // Completes when no stage has a record to handle or a timer that is due: how replay waits for one moment to be over.
  virtual base::Task<void> idle() = 0;
  // When the earliest timer of any stage is due, or nullopt.
  virtual std::optional<base::Time> next_timer() const = 0;

  virtual Health health() const = 0;
};

// The topic that given-up records go to. Values: bus/dead_letter.h.
inline constexpr std::string_view kDeadLetters = "dead_letters";

}  // namespace bus
