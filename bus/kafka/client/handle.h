// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "bus/kafka/client/conf.h"
#include "bus/kafka/client/vitals.h"

struct rd_kafka_s;
struct rd_kafka_queue_s;
struct rd_kafka_op_s;

namespace bus::kafka {

// An open client of librdkafka: its threads, its connections and what it tells about itself. Destroying it waits for
// its threads, some milliseconds unless one looks up a name; queues and topics of it must be gone by then.
class Handle {
 public:
  enum class Kind { kProducer, kConsumer };

  // Callbacks of `conf` get `owner` through owner_of().
  static base::Result<std::unique_ptr<Handle>> open(Kind kind, Conf conf, std::string name, base::Metrics& metrics,
                                                    void* owner = nullptr);
  // Opens and destroys a client that has nobody to call.
  static base::Result<void> try_out(Kind kind, Conf conf);
  ~Handle();
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  rd_kafka_s* get() const { return client_; }
  Vitals& vitals() { return vitals_; }
  const Vitals& vitals() const { return vitals_; }
  // Errors, statistics and log lines reach vitals() by callbacks; who polls for events passes those two kinds on.
  void on_event(rd_kafka_op_s* event);
  static void* owner_of(void* opaque) { return static_cast<Handle*>(opaque)->owner_; }

 private:
  Handle(std::string name, base::Metrics& metrics, void* owner);

  Vitals vitals_;
  void* owner_;
  rd_kafka_s* client_ = nullptr;
};

// Frees a queue.
struct DestroyQueue {
  void operator()(rd_kafka_queue_s* queue) const;
};
using Queue = std::unique_ptr<rd_kafka_queue_s, DestroyQueue>;

}  // namespace bus::kafka
