// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/client/handle.h"

#include <librdkafka/rdkafka.h>

#include <array>
#include <utility>

#include "bus/kafka/client/aside.h"

namespace bus::kafka {
namespace {

Vitals* vitals_of(void* opaque) { return opaque == nullptr ? nullptr : &static_cast<Handle*>(opaque)->vitals(); }

void on_log(const rd_kafka_t* client, int level, const char* kind, const char* text) {
  if (Vitals* vitals = vitals_of(rd_kafka_opaque(client))) vitals->on_log(level, kind, text);
}

void on_error(rd_kafka_t*, int code, const char* text, void* opaque) { vitals_of(opaque)->on_error(code, text); }

// librdkafka connects when it has something to send. Whoever asks brokers_down() before sending would never learn that
// they are back: a question about the cluster makes it try. The answer is not waited for.
void try_to_connect(rd_kafka_t* client) {
  const struct rd_kafka_metadata* answer = nullptr;
  if (rd_kafka_metadata(client, 0, nullptr, &answer, 1) == RD_KAFKA_RESP_ERR_NO_ERROR)
    rd_kafka_metadata_destroy(answer);
}

void on_statistics(rd_kafka_t* client, std::string_view json, Vitals& vitals) {
  vitals.on_statistics(json);
  if (vitals.brokers_down()) try_to_connect(client);
}

int on_statistics_call(rd_kafka_t* client, char* json, std::size_t size, void* opaque) {
  on_statistics(client, {json, size}, *vitals_of(opaque));
  return 0;
}

rd_kafka_type_t type_of(Handle::Kind kind) {
  return kind == Handle::Kind::kProducer ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER;
}

}  // namespace

void Retire::operator()(Handle* handle) const {
  handle->vitals().fall_silent();
  run_aside([handle] { delete handle; });
}

Handle::Handle(std::string name, base::Metrics& metrics, void* owner)
    : vitals_(std::move(name), metrics), owner_(owner) {}

base::Result<HandlePtr> Handle::open(Kind kind, Conf conf, std::string name, base::Metrics& metrics, void* owner) {
  HandlePtr handle(new Handle(std::move(name), metrics, owner));
  rd_kafka_conf_set_opaque(conf.get(), handle.get());
  rd_kafka_conf_set_log_cb(conf.get(), on_log);
  rd_kafka_conf_set_error_cb(conf.get(), on_error);
  rd_kafka_conf_set_stats_cb(conf.get(), on_statistics_call);
  std::array<char, 512> text{};
  handle->client_ = rd_kafka_new(type_of(kind), conf.get(), text.data(), text.size());
  if (handle->client_ == nullptr) {
    return base::permanent(base::Reason::kBadRequest, std::string("Kafka properties: ") + text.data());
  }
  conf.release();
  // Tokens are asked for on a thread of librdkafka's own, because their file is read. An error says that nobody asks.
  if (rd_kafka_error_t* none = rd_kafka_sasl_background_callbacks_enable(handle->client_)) rd_kafka_error_destroy(none);
  return handle;
}

base::Result<void> Handle::try_out(Kind kind, Conf conf) {
  std::array<char, 512> text{};
  rd_kafka_conf_set_log_cb(conf.get(), nullptr);
  rd_kafka_t* client = rd_kafka_new(type_of(kind), conf.get(), text.data(), text.size());
  if (client == nullptr) {
    return base::permanent(base::Reason::kBadRequest, std::string("Kafka properties: ") + text.data());
  }
  conf.release();
  rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
  return base::ok();
}

Handle::~Handle() {
  if (client_ != nullptr) rd_kafka_destroy_flags(client_, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
}

void Handle::on_event(rd_kafka_event_t* event) {
  if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_ERROR) {
    vitals_.on_error(rd_kafka_event_error(event), rd_kafka_event_error_string(event));
  } else if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_STATS) {
    on_statistics(client_, rd_kafka_event_stats(event), vitals_);
  }
}

std::string Handle::last_error_of(const rd_kafka_t* client) {
  const Vitals* vitals = vitals_of(rd_kafka_opaque(client));
  return vitals == nullptr ? std::string() : vitals->last_error();
}

void DestroyQueue::operator()(rd_kafka_queue_t* queue) const { rd_kafka_queue_destroy(queue); }

}  // namespace bus::kafka
