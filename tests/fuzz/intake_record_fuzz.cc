// SPDX-License-Identifier: Apache-2.0
#include "ingest/intake_record.h"
#include "tests/fuzz/fuzzers.h"

namespace fuzz {

void intake_record(std::string_view input) {
  auto record = ingest::decode_intake(input);
  if (!record) return;
  expect(ingest::is_intake(input), "what can be read looks like it");
  const ingest::IntakeRecord& first = record.value();
  auto second = ingest::decode_intake(ingest::encode(first.source, first.received, first.body));
  expect(second && second.value().body == first.body && second.value().source == first.source,
         "a record written again reads the same");
}

}  // namespace fuzz
