// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/client/connection.h"

#include <librdkafka/rdkafka.h>

#include "bus/kafka/client/connection_state.h"

namespace bus::kafka {

base::Result<std::shared_ptr<Connection>> Connection::open(ClientOptions options, std::string name,
                                                           base::Executor executor, base::Metrics& metrics) {
  BOOST_OUTCOME_TRY(auto conf, conf_of(options));
  rd_kafka_conf_set_events(conf.get(), RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_STATS);
  BOOST_OUTCOME_TRY(auto handle, Handle::open(Handle::Kind::kConsumer, std::move(conf), std::move(name), metrics));
  auto state = std::make_shared<State>();
  state->executor = std::move(executor);
  state->handle = std::move(handle);
  state->events.reset(rd_kafka_queue_get_main(state->handle->get()));
  auto serve = [handle = state->handle.get(), events = state->events.get()] {
    rd_kafka_event_t* event = rd_kafka_queue_poll(events, 0);
    if (event == nullptr) return false;
    handle->on_event(event);
    rd_kafka_event_destroy(event);
    return true;
  };
  state->watch = std::make_unique<QueueWatch>(state->executor, state->events.get(), std::move(serve));
  return std::shared_ptr<Connection>(new Connection(std::move(state)));
}

Connection::Connection(std::shared_ptr<State> state) : state_(std::move(state)) {}
Connection::~Connection() = default;

bool Connection::brokers_down() const { return state_->handle->vitals().brokers_down(); }
std::string Connection::why_down() const { return state_->handle->vitals().why_down(); }

}  // namespace bus::kafka
