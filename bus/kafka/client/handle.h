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

class Handle;

// Destroys a client on a thread of its own, because waiting for its threads to end takes up to a second, and longer
// while one of them looks up a name. The process does not end before that is over.
struct Retire {
  void operator()(Handle* handle) const;
};
using HandlePtr = std::unique_ptr<Handle, Retire>;

// An open client of librdkafka: its threads, its connections and what it tells about itself. Queues and topics of it
// must be gone before it is.
class Handle {
 public:
  enum class Kind { kProducer, kConsumer };

  // Callbacks of `conf` get `owner` through owner_of().
  static base::Result<HandlePtr> open(Kind kind, Conf conf, std::string name, base::Metrics& metrics,
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
  // Vitals::last_error() of a client that was opened here.
  static std::string last_error_of(const rd_kafka_s* client);
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
