// SPDX-License-Identifier: Apache-2.0
#include "app/heartbeat/lease.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/hash.h"
#include "incidents/identity.h"
#include "schemas/codec/fields.h"
#include "schemas/topics.h"

namespace app::heartbeat {

namespace {

constexpr std::string_view kTable = "lease";
constexpr std::string_view kEntry = "state";
constexpr std::string_view kTimer = "lease";

// A timer that is later than this was due while nobody could hear the watchdog: a restart, or a backlog.
constexpr std::chrono::seconds kPunctual{5};

// {"alert":"Watchdog","cluster":"prod","last":"2026-01-02T03:04:05Z","absent":false}
struct State {
  std::string alert;
  std::string cluster;
  base::Time last;      // The last word of it, or when the lease was armed.
  bool absent = false;  // Its absence was told.
};

std::optional<State> load(const bus::Transaction& txn) {
  const std::string* text = txn.get(kTable, kEntry);
  if (text == nullptr) return std::nullopt;
  State state;
  auto is_read = schemas::codec::read_text(*text, "lease", [&](schemas::codec::Fields& in) {
    in.optional("alert", state.alert);
    in.optional("cluster", state.cluster);
    in.required("last", state.last);
    in.optional("absent", state.absent);
  });
  return is_read ? std::optional(state) : std::nullopt;
}

void save(const State& state, bus::Transaction& txn) {
  txn.put(kTable, kEntry,
          nlohmann::json{{"alert", state.alert},
                         {"cluster", state.cluster},
                         {"last", base::to_rfc3339(state.last)},
                         {"absent", state.absent}}
              .dump());
}

void tell(const State& state, schemas::Severity severity, bus::Transaction& txn) {
  schemas::Finding finding;
  finding.fingerprint = base::derive_id({"watchdog", state.cluster});
  finding.id =
      base::derive_id({"finding", finding.fingerprint, state.absent ? "absent" : "back", base::to_rfc3339(state.last)});
  finding.title = state.alert + " is absent: alerts may not arrive";
  finding.description =
      "Nothing was heard of the alert " + state.alert + ", which always fires, since " +
      base::to_rfc3339(std::chrono::floor<std::chrono::seconds>(state.last)) +
      ". Prometheus, Alertmanager or the way from there to here may be broken, and other alerts with it.";
  finding.severity = severity;
  finding.source = schemas::FindingSource::kPrometheus;
  finding.state = state.absent ? schemas::FindingState::kFiring : schemas::FindingState::kResolved;
  finding.subject.labels = {{"alertname", "WatchdogAbsent"}};
  finding.aggregation_key = "WatchdogAbsent";
  finding.member = finding.fingerprint;
  finding.incident = incidents::identify(state.cluster, finding.subject, finding.aggregation_key, finding.fingerprint);
  finding.starts_at = state.last;
  finding.created = txn.now();
  finding.trace = {{"watchdog", state.alert, state.absent ? "absent" : "back", "the lease"}};
  txn.emit(schemas::topics::kFindings, finding.incident.key, schemas::encode(finding));
}

}  // namespace

void arm(const ingest::Watchdog& watchdog, std::string_view cluster, bus::Transaction& txn) {
  if (load(txn)) return;
  save({watchdog.alert, std::string(cluster), txn.now()}, txn);
  txn.set_timer(kTimer, txn.now() + watchdog.lease);
}

void renew(const ingest::Watchdog& watchdog, const schemas::Event& event, bus::Transaction& txn) {
  if (event.alert->status == schemas::AlertStatus::kResolved) return arm(watchdog, event.cluster, txn);
  if (auto before = load(txn); before && before->absent) {
    before->absent = false;
    tell(*before, watchdog.severity, txn);
  }
  save({watchdog.alert, event.cluster, txn.now()}, txn);
  txn.set_timer(kTimer, txn.now() + watchdog.lease);
}

base::Result<void> run_out(const ingest::Watchdog* watchdog, const bus::Timer& timer, bus::Transaction& txn) {
  if (timer.name != kTimer) return base::ok();
  auto state = load(txn);
  if (!state) return base::ok();
  if (watchdog == nullptr) {
    if (std::exchange(state->absent, false)) tell(*state, schemas::Severity::kInfo, txn);
    txn.erase(kTable, kEntry);
    return base::ok();
  }
  txn.set_timer(kTimer, txn.now() + watchdog->lease);
  if (state->absent || txn.now() - timer.due > kPunctual) return base::ok();
  state->absent = true;
  tell(*state, watchdog->severity, txn);
  save(*state, txn);
  return base::ok();
}

}  // namespace app::heartbeat
