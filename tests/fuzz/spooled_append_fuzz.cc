// SPDX-License-Identifier: Apache-2.0
#include "bus/spool/spooled_append.h"
#include "tests/fuzz/fuzzers.h"

namespace fuzz {

void spooled_append(std::string_view input) {
  auto read = bus::spool::decode_spooled_append(input);
  if (!read) return;
  std::size_t bytes = 0;
  for (const auto& record : read.value().records) bytes += record.key.size() + record.value.size();
  expect(bytes <= input.size(), "records are made of the bytes that are there");
  std::string written = encode(read.value());
  auto again = bus::spool::decode_spooled_append(written);
  expect(again && encode(again.value()) == written, "what was read is written as the same");
}

}  // namespace fuzz
