// SPDX-License-Identifier: Apache-2.0
#include "schemas/labels.h"

#include <fmt/format.h>

#include <cstdint>
#include <string_view>

namespace schemas {

namespace {

constexpr std::uint64_t kOffset = 14695981039346656037U;
constexpr std::uint64_t kPrime = 1099511628211U;
constexpr unsigned char kSeparator = 0xFF;

std::uint64_t mix(std::uint64_t hash, std::string_view text) {
  for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
  return (hash ^ kSeparator) * kPrime;
}

}  // namespace

std::string fingerprint(const Labels& labels) {
  std::uint64_t hash = kOffset;
  for (const auto& [name, value] : labels) hash = mix(mix(hash, name), value);
  return fmt::format("{:016x}", hash);
}

}  // namespace schemas
