// SPDX-License-Identifier: Apache-2.0
#include "app/heartbeat/lease.h"
#include "base/hash.h"
#include "incidents/kept_incident.h"
#include "playbooks/stages/alert_memory_codec.h"
#include "playbooks/stages/late_evidence.h"
#include "sinks/delivery/endings.h"
#include "sinks/delivery/fallback.h"
#include "sinks/delivery/parked.h"
#include "sinks/delivery/telling.h"
#include "sinks/digest.h"
#include "sinks/grouping/summary.h"
#include "sinks/routing/held.h"
#include "sinks/routing/reminders.h"
#include "sinks/slack/note.h"
#include "sinks/slack/piece.h"
#include "tests/fakes/fake_transaction.h"
#include "tests/fuzz/fuzzers.h"

namespace fuzz {

namespace {

const base::Time kNow{std::chrono::hours(24 * 365 * 56)};

// What can be read can be written, and is the same from then on.
template <class Decode>
void go_round(std::string_view input, Decode decode) {
  auto first = decode(std::string(input));
  if (!first) return;
  std::string written = encode(first.value());
  auto second = decode(written);
  expect(second.has_value() && encode(second.value()) == written, "an entry written twice is the same");
}

schemas::Delivery end_of_incident() {
  schemas::Delivery delivery;
  delivery.sink = "a";
  delivery.transition.id = "t1";
  delivery.transition.incident.id = "i1";
  delivery.transition.state = schemas::TransitionState::kResolved;
  delivery.id = base::derive_id({"delivery", "t1", "a", "fallback"});
  return delivery;
}

// What the sinks keep of an incident, each entry in the table where it belongs.
void read_sinks(std::string_view input) {
  fakes::FakeTransaction txn("key", kNow);
  for (const char* table : {"telling", "fallen", "took", "ending", "progress", "parked", "newest", "remind"}) {
    txn.put(table, "i1", std::string(input));
  }
  txn.put("held", "i1/a", "1");
  auto delivery = end_of_incident();
  auto telling = sinks::Tellings(txn).of("i1");
  sinks::Tellings(txn).keep("i1", telling);
  expect(sinks::Tellings(txn).of("i1").evidence == telling.evidence, "what is known of a telling is kept");
  sinks::judge(delivery, telling, {}, kNow);
  sinks::TakenOver(txn).note(delivery);
  expect(sinks::TakenOver(txn).knows(delivery), "what was taken over is known");
  sinks::Fallback("b", txn).takes_end(delivery);
  sinks::Endings(txn).held("i1");
  for (const auto& entry : sinks::ParkedQueue(txn).all()) sinks::ParkedQueue(txn).set_attempts("i1", entry.attempts);
  sinks::ParkedQueue(txn).least_needed();
  sinks::HeldIncidents(txn).all();
  sinks::HeldIncidents(txn).renew(delivery.transition);
  sinks::RoutingTable table{{.sink = "i1", .renotify_after = std::chrono::hours(1)}};
  expect(sinks::Reminders(txn).due(table, "").size() <= 1, "a sink is reminded once");
  go_round(input, sinks::decode_folded);
  go_round(input, sinks::decode_grouped);
}

void read_slack(std::string_view input) {
  using namespace sinks::slack;
  std::string note = encode(decode_note(input));
  expect(encode(decode_note(note)) == note, "a note written twice is the same");
  std::string drawing = encode(decode_drawing(std::string(input)));
  expect(encode(decode_drawing(drawing)) == drawing, "a drawing written twice is the same");
}

void read_lease(std::string_view input) {
  fakes::FakeTransaction txn("key", kNow);
  ingest::Watchdog watchdog;
  txn.put("lease", "state", std::string(input));
  app::heartbeat::run_out(&watchdog, {"key", "lease", kNow, ""}, txn).has_value();
}

}  // namespace

void stage_state(std::string_view input) {
  go_round(input, incidents::decode_kept_incident);
  go_round(input, playbooks::decode_alert_memory);
  go_round(input, playbooks::decode_late_evidence);
  read_sinks(input);
  read_slack(input);
  read_lease(input);
}

}  // namespace fuzz
