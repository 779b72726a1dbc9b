// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/client/producer.h"

#include <librdkafka/rdkafka.h>

#include <array>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "base/run_on.h"
#include "bus/kafka/client/client_error.h"
#include "bus/kafka/client/conf.h"
#include "bus/kafka/client/handle.h"
#include "bus/kafka/client/queue_watch.h"
#include "bus/kafka/client/topic_handles.h"
#include "bus/stage/completion.h"

namespace bus::kafka {
namespace {

namespace asio = boost::asio;

// How long a destroyed producer waits for its own threads to give back what it purged.
constexpr int kPurgeRounds = 20;
constexpr int kPurgeRoundMs = 50;

// What librdkafka carries along with a message.
struct Pending {
  Delivered done;
};

// The arguments of one produce call; they point into the message.
class ProduceArguments {
 public:
  ProduceArguments(rd_kafka_topic_t* topic, const Message& message, Pending* pending) {
    add(RD_KAFKA_VTYPE_RKT).u.rkt = topic;
    if (message.partition) add(RD_KAFKA_VTYPE_PARTITION).u.i32 = *message.partition;
    add_bytes(RD_KAFKA_VTYPE_KEY, message.key);
    if (message.value) add_bytes(RD_KAFKA_VTYPE_VALUE, *message.value);
    add(RD_KAFKA_VTYPE_MSGFLAGS).u.i = RD_KAFKA_MSG_F_COPY;
    add(RD_KAFKA_VTYPE_OPAQUE).u.ptr = pending;
    for (const Header& header : message.headers) {
      auto& argument = add(RD_KAFKA_VTYPE_HEADER);
      argument.u.header.name = header.name.c_str();
      argument.u.header.val = header.value.data();
      argument.u.header.size = static_cast<ssize_t>(header.value.size());
    }
  }

  const rd_kafka_vu_t* data() const { return arguments_.data(); }
  std::size_t size() const { return arguments_.size(); }

 private:
  rd_kafka_vu_t& add(rd_kafka_vtype_t type) {
    arguments_.push_back({});
    arguments_.back().vtype = type;
    return arguments_.back();
  }
  void add_bytes(rd_kafka_vtype_t type, const std::string& bytes) {
    auto& argument = add(type);
    argument.u.mem.ptr = const_cast<char*>(bytes.data());  // librdkafka copies.
    argument.u.mem.size = bytes.size();
  }

  std::vector<rd_kafka_vu_t> arguments_;
};

base::Result<Delivery> result_of(const rd_kafka_message_t& message, bool is_stored) {
  if (is_stored) return Delivery{message.partition, message.offset};
  std::string what = std::string("produce to ") + rd_kafka_topic_name(message.rkt);
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) return error_of(message.err, what);
  return base::passing(base::Reason::kUnavailable, what + ": taken for stored, but no broker said so");
}

}  // namespace

struct Producer::State {
  State(ProducerOptions wanted, base::Executor on, base::Metrics& metrics, std::function<void(base::Error)> fatal)
      : options(std::move(wanted)),
        executor(std::move(on)),
        on_fatal(std::move(fatal)),
        seconds(metrics.seconds("tocsin_kafka_produce_seconds", "From produce to the acknowledgement of all replicas.",
                                {{"client", options.name}})),
        failures(metrics.counter("tocsin_kafka_produce_failures_total", "Messages given back without acknowledgement.",
                                 {{"client", options.name}})),
        flushed(executor) {}
  ~State();

  bool serve();
  void on_deliveries(rd_kafka_event_t* event);
  void on_delivered(const rd_kafka_message_t& message, bool is_stored);
  void look_for_fatal();
  void tell_fatal(const std::string& why);
  base::Task<bool> flush(base::Deadline deadline);

  const ProducerOptions options;
  const base::Executor executor;
  const std::function<void(base::Error)> on_fatal;
  prometheus::Histogram& seconds;
  prometheus::Counter& failures;
  std::atomic<std::size_t> in_flight = 0;
  bool fatal_told = false;
  asio::steady_timer flushed;  // Cancelled when nothing is in flight any more.
  HandlePtr handle;
  TopicHandles topics;
  Queue events;
  std::unique_ptr<QueueWatch> watch;
};

Producer::State::~State() {
  watch.reset();
  if (!handle) return;
  fatal_told = true;  // To whom, may be gone.
  rd_kafka_purge(handle->get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  for (int round = 0; in_flight > 0 && round < kPurgeRounds; ++round) {
    if (auto* event = rd_kafka_queue_poll(events.get(), kPurgeRoundMs)) {
      on_deliveries(event);
      rd_kafka_event_destroy(event);
    }
  }
}

// Takes one event off the queue; one of deliveries has all messages of a request.
bool Producer::State::serve() {
  rd_kafka_event_t* event = rd_kafka_queue_poll(events.get(), 0);
  if (event == nullptr) return false;
  if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_DR) {
    on_deliveries(event);
  } else {
    handle->on_event(event);
    look_for_fatal();
  }
  rd_kafka_event_destroy(event);
  return true;
}

// Messages that come back without an offset were not acknowledged: librdkafka takes them for stored because a later one
// was (rd_kafka_dr_implicit_ack of rdkafka_broker.c), or because the broker knows their sequence numbers already. But a
// broker that knows nothing yet of this producer takes any number, and then what came before is lost. The messages of
// one batch share an event, and librdkafka counts their offsets up from that of the first.
void Producer::State::on_deliveries(rd_kafka_event_t* event) {
  bool is_stored = true;
  while (const auto* message = rd_kafka_event_message_next(event)) {
    is_stored = is_stored && message->err == RD_KAFKA_RESP_ERR_NO_ERROR && message->offset >= 0;
    on_delivered(*message, is_stored);
  }
}

void Producer::State::on_delivered(const rd_kafka_message_t& message, bool is_stored) {
  std::unique_ptr<Pending> pending(static_cast<Pending*>(message._private));
  base::Result<Delivery> result = result_of(message, is_stored);
  if (result) {
    handle->vitals().on_answer();
    seconds.Observe(static_cast<double>(rd_kafka_message_latency(&message)) / 1e6);
  } else {
    failures.Increment();
  }
  if (in_flight.fetch_sub(1) == 1) flushed.cancel();
  pending->done(std::move(result));
  // Brokers remember a later epoch than librdkafka does, which counts to 32,767 and begins anew: it never recovers.
  if (message.err == RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH) tell_fatal("its epoch is over");
}

void Producer::State::look_for_fatal() {
  std::array<char, 512> text{};
  auto code = rd_kafka_fatal_error(handle->get(), text.data(), text.size());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) tell_fatal(text.data());
}

void Producer::State::tell_fatal(const std::string& why) {
  if (std::exchange(fatal_told, true)) return;
  auto error = base::passing(base::Reason::kUnavailable, "Kafka producer failed for good: " + why);
  if (on_fatal) asio::post(executor, [tell = on_fatal, error] { tell(error); });
}

base::Task<bool> Producer::State::flush(base::Deadline deadline) {
  while (in_flight > 0 && std::chrono::steady_clock::now() < deadline) {
    flushed.expires_at(deadline);
    boost::system::error_code ended;
    co_await flushed.async_wait(asio::redirect_error(asio::use_awaitable, ended));
    if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none) break;
  }
  co_return in_flight == 0;
}

base::Result<std::unique_ptr<Producer>> Producer::open(ProducerOptions options, base::Executor executor,
                                                       base::Metrics& metrics,
                                                       std::function<void(base::Error)> on_fatal) {
  BOOST_OUTCOME_TRY(auto conf, conf_of(options));
  rd_kafka_conf_set_events(conf.get(), RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR);
  auto state = std::make_shared<State>(std::move(options), std::move(executor), metrics, std::move(on_fatal));
  BOOST_OUTCOME_TRY(state->handle,
                    Handle::open(Handle::Kind::kProducer, std::move(conf), state->options.name, metrics));
  state->events.reset(rd_kafka_queue_get_main(state->handle->get()));
  // A completion may destroy the producer: the state lasts to the end of the call.
  auto serve = [weak = std::weak_ptr(state)] {
    auto own = weak.lock();
    return own != nullptr && own->serve();
  };
  state->watch = std::make_unique<QueueWatch>(state->executor, state->events.get(), std::move(serve));
  return std::unique_ptr<Producer>(new Producer(std::move(state)));
}

Producer::Producer(std::shared_ptr<State> state) : state_(std::move(state)) {}
Producer::~Producer() = default;

base::Result<void> Producer::produce(Message message, Delivered done) {
  rd_kafka_topic_t* topic = state_->topics.open(state_->handle->get(), message.topic);
  if (topic == nullptr) return error_of(rd_kafka_last_error(), "produce to " + message.topic);
  auto pending = std::make_unique<Pending>(Pending{std::move(done)});
  ProduceArguments arguments(topic, message, pending.get());
  ++state_->in_flight;
  rd_kafka_error_t* error = rd_kafka_produceva(state_->handle->get(), arguments.data(), arguments.size());
  if (error == nullptr) {
    [[maybe_unused]] auto* theirs = pending.release();
    return base::ok();
  }
  --state_->in_flight;
  auto failure = error_of(rd_kafka_error_code(error), "produce to " + message.topic, rd_kafka_error_string(error));
  rd_kafka_error_destroy(error);
  return failure;
}

base::Task<base::Result<Delivery>> Producer::send(Message message) {
  co_return co_await stage::suspend<base::Result<Delivery>>([this, what = std::move(message)](Delivered done) mutable {
    auto taken = produce(std::move(what), done);
    if (!taken) done(taken.error());
  });
}

base::Task<bool> Producer::flush(base::Deadline deadline) {
  co_return co_await base::run_on(state_->executor, state_->flush(deadline));
}

void Producer::purge() { rd_kafka_purge(state_->handle->get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT); }

std::size_t Producer::in_flight() const { return state_->in_flight; }

bool Producer::brokers_down() const { return state_->handle->vitals().brokers_down(); }

std::string Producer::why_down() const { return state_->handle->vitals().why_down(); }

std::optional<base::Error> Producer::fatal() const {
  std::array<char, 512> text{};
  auto code = rd_kafka_fatal_error(state_->handle->get(), text.data(), text.size());
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return std::nullopt;
  return base::passing(base::Reason::kUnavailable, std::string("Kafka producer failed for good: ") + text.data());
}

void Producer::fail_for_good(int code) {
  rd_kafka_test_fatal_error(state_->handle->get(), static_cast<rd_kafka_resp_err_t>(code), "asked to");
}

}  // namespace bus::kafka
