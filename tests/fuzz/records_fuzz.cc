// SPDX-License-Identifier: Apache-2.0
#include "schemas/delivery.h"
#include "schemas/event.h"
#include "schemas/finding.h"
#include "schemas/trace.h"
#include "schemas/transition.h"
#include "tests/fuzz/fuzzers.h"

namespace fuzz {

namespace {

// What can be read can be written, and writing it is the same from then on.
template <class Decode>
void go_round(std::string_view input, Decode decode) {
  auto first = decode(input);
  if (!first) return;
  std::string written = encode(first.value());
  auto second = decode(written);
  expect(second.has_value(), "a record that we wrote can be read");
  expect(encode(second.value()) == written, "a record written twice is the same");
}

}  // namespace

void records(std::string_view input) {
  go_round(input, schemas::decode_event);
  go_round(input, schemas::decode_finding);
  go_round(input, schemas::decode_transition);
  go_round(input, schemas::decode_delivery);
  go_round(input, schemas::decode_receipt);
  go_round(input, schemas::decode_trace);
}

}  // namespace fuzz
