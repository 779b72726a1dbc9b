// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace bus {

// A record that a stage gave up, or a piece of input that never became one. A value of topic kDeadLetters
// ("tocsin.dead_letter/1"), keyed like the original.
struct DeadLetter {
  std::string id;  // Derived from stage, topic, key and value: playing it again and failing again is the same letter.
  std::string stage;  // Who gave up.
  std::string topic;  // Where the original was, and where playing it again puts it.
  std::string key;
  std::string value;   // The original, byte for byte (base64 in JSON when it is not UTF-8).
  std::string reason;  // base::Reason's label value.
  std::string message;
  int attempts = 0;
  base::Time at;
};

std::string dead_letter_id(std::string_view stage, std::string_view topic, std::string_view key,
                           std::string_view value);
std::string encode(const DeadLetter& letter);
base::Result<DeadLetter> decode_dead_letter(std::string_view json);

}  // namespace bus
