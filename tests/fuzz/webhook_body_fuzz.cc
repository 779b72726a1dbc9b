// SPDX-License-Identifier: Apache-2.0
#include "ingest/alertmanager_body.h"
#include "ingest/intake_record.h"
#include "tests/fuzz/fuzzers.h"

namespace fuzz {

void webhook_body(std::string_view input) {
  auto summary = ingest::summarize(input);
  auto parsed = ingest::parse_alerts(input);
  if (!parsed && parsed.error().reason == base::Reason::kTooLarge) return;
  if (!summary) return;
  expect(ingest::check_growth(summary.value()).has_value(), "what can be split is taken");
  expect(parsed.has_value(), "a body that intake accepts can be read");
  std::size_t read = parsed.value().alerts.size() + parsed.value().bad.size();
  expect(read == summary.value().alerts || summary.value().alerts >= 0xFFFFFF, "every alert is good or bad");
  for (const ingest::BadAlert& bad : parsed.value().bad) {
    auto again = ingest::parse_alerts(bad.body);
    expect(again && again.value().alerts.empty() && again.value().bad.size() == 1, "a bad alert alone is as bad");
  }
  auto record = ingest::decode_intake(ingest::encode(summary.value().source, base::Time{}, input));
  expect(record && record.value().body == input, "a body comes out of its intake record as it went in");
}

}  // namespace fuzz
