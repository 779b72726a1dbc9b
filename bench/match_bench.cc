// SPDX-License-Identifier: Apache-2.0
// What one event costs with 1 and with 1,000 playbooks of which one matches: the search for it alone, and the whole
// stage from record to finding. The goal is 1,000 at no more than 1.3 times 1 for the whole stage.
#include <benchmark/benchmark.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <string>

#include "base/yaml/parse.h"
#include "enrichers/alert/alert_actions.h"
#include "net/http/client.h"
#include "playbooks/loader.h"
#include "playbooks/stages/match.h"
#include "playbooks/triggers/on_prometheus_alert.h"
#include "playbooks/worker.h"
#include "tests/fakes/fake_transaction.h"

namespace {

class NoHttp final : public net::http::Client {
 public:
  base::Result<void> start() override { return base::ok(); }
  base::Task<void> stop() override { co_return; }
  base::Task<base::Result<net::http::Response>> send(net::http::Request) override {
    co_return base::passing(base::Reason::kUnreachable, "no network");
  }
};

enum Kind { kByAlertName, kByNamespace, kByScope, kBySeverity };

std::string trigger(Kind kind, const std::string& number) {
  if (kind == kByAlertName) return "{alert_name: Alert" + number + "}";
  if (kind == kByNamespace) return "{namespace_prefix: team" + number + "-}";
  if (kind == kBySeverity) return number == "0" ? "{severity: '=LOW'}" : "{severity: CRITICAL}";
  return "{scope: {include: [{labels: ['namespace=team" + number + "-.*']}]}}";
}

std::shared_ptr<const playbooks::Playbooks> make_playbooks(Kind kind, std::int64_t count) {
  static NoHttp http;
  static const enrichers::Services services{http, "bench"};
  playbooks::TriggerTypes triggers;
  triggers.add(playbooks::on_prometheus_alert_type());
  enrichers::ActionTypes actions;
  actions.add(enrichers::default_enricher_type());
  std::string yaml = "list:\n";
  for (std::int64_t i = 0; i < count; ++i) {
    yaml += "- {triggers: [on_prometheus_alert: " + trigger(kind, std::to_string(i)) +
            "], actions: [default_enricher: {}]}\n";
  }
  base::yaml::Problems problems;
  auto root = base::yaml::parse(
      yaml, [](const std::string&) { return std::nullopt; }, problems);
  playbooks::ConfigParts parts;
  parts.list = root.find("list");
  parts.is_rendered = true;
  return playbooks::load(parts, {triggers, actions, services}, problems);
}

schemas::Event make_event() {
  schemas::Event event;
  event.cluster = "bench";
  event.source = "alertmanager";
  schemas::Alert alert;
  alert.labels = {{"alertname", "Alert0"}, {"namespace", "team0-shop"}, {"pod", "cart-7d9f8b6c5-x2k4p"},
                  {"severity", "warning"}, {"container", "cart"},       {"job", "kube-state-metrics"}};
  alert.annotations = {{"summary", "The cart does not answer."}, {"description", "For five minutes now."}};
  alert.fingerprint = schemas::fingerprint(alert.labels);
  event.id = schemas::event_id(event.cluster, event.source, alert);
  event.subject = schemas::subject_of(event.cluster, alert);
  event.alert = alert;
  return event;
}

void search(benchmark::State& state) {
  auto playbooks = make_playbooks(static_cast<Kind>(state.range(0)), state.range(1));
  schemas::Event event = make_event();
  for (auto _ : state) {
    playbooks::TraceLog trace;
    benchmark::DoNotOptimize(playbooks::match(*playbooks, {event, "", schemas::Severity::kLow}, trace));
  }
}

base::Task<void> handle(playbooks::Worker& worker, const bus::Record& record, bus::Transaction& txn) {
  auto result = co_await worker.on_record(record, txn);
  if (!result.has_value()) std::abort();
}

void whole_stage(benchmark::State& state) {
  boost::asio::io_context loop;
  base::Metrics metrics;
  auto playbooks = make_playbooks(static_cast<Kind>(state.range(0)), state.range(1));
  playbooks::Worker worker(playbooks, metrics, loop.get_executor());
  schemas::Event event = make_event();
  bus::Record record{"events", 0, 0, {}, event.subject, schemas::encode(event), 1};
  for (auto _ : state) {
    fakes::FakeTransaction txn(event.subject);
    boost::asio::co_spawn(loop, handle(worker, record, txn), [](std::exception_ptr) {});
    loop.run();
    loop.restart();
    benchmark::DoNotOptimize(txn.emitted.size());
  }
}

void sizes(benchmark::internal::Benchmark* bench) {
  for (Kind kind : {kByAlertName, kByNamespace, kByScope, kBySeverity}) bench->Args({kind, 1})->Args({kind, 1000});
  bench->ArgNames({"by", "playbooks"});
}

BENCHMARK(search)->Apply(sizes);
BENCHMARK(whole_stage)->Apply(sizes);

}  // namespace

BENCHMARK_MAIN();
