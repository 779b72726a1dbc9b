// SPDX-License-Identifier: Apache-2.0
#include "app/dead_letters.h"
#include "bus/dead_letter.h"
#include "tests/fakes/fake_archive.h"
#include "tests/fuzz/fuzzers.h"

namespace fuzz {

void dead_letter(std::string_view input) {
  fakes::FakeArchive archive;
  auto& topic = archive.records[std::string(bus::kDeadLetters)];
  bus::Record record{std::string(bus::kDeadLetters), 0, 0, {}, "key", std::string(input), 1};
  topic.push_back(record);
  auto open = app::open_dead_letters(archive);
  expect(open.has_value() && open.value().size() <= 1, "a letter that can't be read is passed over");

  auto read = bus::decode_dead_letter(input);
  if (!read) return;
  std::string written = encode(read.value());
  auto again = bus::decode_dead_letter(written);
  expect(again.has_value(), "a letter that we wrote can be read");
  expect(again.value().key == read.value().key && again.value().value == read.value().value,
         "the original is kept byte for byte");
  expect(encode(again.value()) == written, "a letter written twice is the same");
}

}  // namespace fuzz
