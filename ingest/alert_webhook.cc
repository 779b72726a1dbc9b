// SPDX-License-Identifier: Apache-2.0
#include "ingest/alert_webhook.h"

#include "base/log.h"
#include "ingest/alertmanager_body.h"
#include "ingest/intake_record.h"
#include "schemas/topics.h"

namespace ingest {

namespace {

constexpr const char* kBodies = "tocsin_intake_bodies_refused_total";
constexpr const char* kBodiesHelp =
    "Webhook bodies that were not accepted; bad_request and too_large for good, unavailable for now.";

bus::Outgoing record_of(const BodySummary& summary, base::Time received, std::string_view body) {
  return {std::string(schemas::topics::kIntake), intake_key(summary.source, summary.group_key),
          encode(summary.source, received, body)};
}

}  // namespace

AlertWebhook::AlertWebhook(bus::Bus& bus, const base::Clock& clock, base::Metrics& metrics)
    : bus_(bus),
      clock_(clock),
      accepted_alerts_(metrics.counter("tocsin_intake_alerts_total", "Alerts accepted and durable.")),
      refused_bodies_(metrics.counter(kBodies, kBodiesHelp, {{"reason", "bad_request"}})),
      oversized_bodies_(metrics.counter(kBodies, kBodiesHelp, {{"reason", "too_large"}})),
      postponed_bodies_(metrics.counter(kBodies, kBodiesHelp, {{"reason", "unavailable"}})) {}

base::Task<net::http::ServerResponse> AlertWebhook::handle(net::http::ServerRequest request) {
  auto summary = summarize(request.body);
  if (!summary) {
    refused_bodies_.Increment();
    warn(summary.error(), request.peer);
    co_return net::http::refuse(400, summary.error().message);
  }
  if (auto taken = check_growth(summary.value()); !taken) {
    oversized_bodies_.Increment();
    warn(taken.error(), request.peer);
    co_return net::http::refuse(413, taken.error().message);
  }
  auto alerts = static_cast<std::int64_t>(summary.value().alerts);
  if (alerts > 0) {
    std::vector<bus::Outgoing> records;
    records.push_back(record_of(summary.value(), clock_.now(), request.body));
    auto counts = counts_of_received(summary.value().source, alerts);
    auto kept = co_await bus_.append(std::move(records), std::move(counts));
    if (!kept) {
      postponed_bodies_.Increment();
      co_return net::http::refuse(503, kept.error().message);
    }
    accepted_alerts_.Increment(static_cast<double>(alerts));
  }
  net::http::ServerResponse response;
  response.body = R"({"success":true})";
  co_return response;
}

// The errors quote nothing of the body.
void AlertWebhook::warn(const base::Error& error, const std::string& peer) {
  auto times = lines_.count(to_string(error.reason), clock_.now());
  if (!times) return;
  base::log::warn("intake: a body was refused, whoever sent it may give its alerts up",
                  {{"peer", peer}, {"why", error.message}, {"times", *times}});
}

}  // namespace ingest
