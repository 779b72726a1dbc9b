// SPDX-License-Identifier: Apache-2.0
#include "app/heartbeat/caller.h"

#include <boost/asio/awaitable.hpp>

#include "app/heartbeat/beat.h"
#include "base/version.h"
#include "net/http/secrets.h"
#include "schemas/delivery.h"
#include "sinks/delivery/receipts.h"
#include "sinks/delivery/stage.h"
#include "sinks/delivery/worker.h"

namespace app::heartbeat {

namespace {

constexpr int kTries = 3;
constexpr base::Duration kPause = std::chrono::seconds(1);
constexpr std::size_t kLargestAnswer = 64 * 1024;  // Nobody reads it.

}  // namespace

Caller::Caller(const HeartbeatSection& section, EndDeps deps)
    : section_(section), access_(section.access.to_access()), deps_(deps) {
  deps_.health.add(kHeartbeatSink);
}

bus::StageSpec Caller::spec() { return sinks::DeliveryWorker::spec(kHeartbeatSink); }

base::Task<base::Result<void>> Caller::call() {
  net::http::Request request{.method = section_.is_post ? "POST" : "GET",
                             .url = section_.url.reveal(),
                             .headers = {{"User-Agent", std::string("tocsin/") + base::kVersion}},
                             .deadline = base::in(section_.timeout),
                             .max_response_bytes = kLargestAnswer,
                             .access = &access_};
  net::http::Secrets secrets(access_);
  secrets.add_url(section_.url);
  auto response = co_await deps_.http.send(std::move(request));
  if (!response) co_return secrets.without(response.error());
  co_return secrets.classify(response.value());
}

base::Task<base::Result<void>> Caller::on_record(const bus::Record& record, bus::Transaction& txn) {
  BOOST_OUTCOME_CO_TRY(auto delivery, schemas::decode_delivery(record.value));
  Beat beat = beat_of(delivery.transition.finding);
  base::Time began = deps_.clock.now();
  for (int tries = 1; tries <= kTries; ++tries) {
    if (beat.is_stale(txn.now() + (deps_.clock.now() - began))) {
      sinks::settle_suppressed(delivery, "stale", txn);
      co_return base::ok();
    }
    auto answer = co_await call();
    if (answer) {
      deps_.health.succeeded(kHeartbeatSink);
      deps_.passes.note(sinks::delivery_stage(kHeartbeatSink), {txn.now()});
      sinks::settle_delivered(delivery, tries, "called", txn);
      co_return base::ok();
    }
    if (answer.error().reason == base::Reason::kCancelled) co_return answer.error();
    deps_.health.failed(kHeartbeatSink, answer.error(), true, deps_.clock.now());
    if (tries < kTries) co_await deps_.clock.sleep_until(deps_.clock.now() + kPause);
  }
  sinks::settle_suppressed(delivery, "superseded", txn);
  co_return base::ok();
}

void Caller::on_dead_letter(const bus::Record& record, const base::Error& error, bus::Transaction& txn) {
  auto delivery = schemas::decode_delivery(record.value);
  schemas::Delivery unreadable{.sink = kHeartbeatSink};
  sinks::settle_dead_lettered(delivery ? delivery.value() : unreadable, record.attempt, error, txn);
}

}  // namespace app::heartbeat
