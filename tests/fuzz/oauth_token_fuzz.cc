// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/client/oauth_token.h"
#include "tests/fuzz/fuzzers.h"

namespace fuzz {

// The token for a login to Kafka, as its file has it.
void oauth_token(std::string_view input) {
  auto token = bus::kafka::parse_oauth_token(base::Secret(std::string(input)));
  if (!token) return;
  expect(!token.value().principal.empty(), "a token is somebody's");
  expect(token.value().expires.count() > 0, "a token ends after 1970");
}

}  // namespace fuzz
