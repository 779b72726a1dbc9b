// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace bus::kafka {

// Bytes of changelog records: numbers in base 128 with the sign in the lowest bit (as Protocol Buffers' sint64,
// https://protobuf.dev/programming-guides/encoding/#signed-ints), texts with their length before them.
class Packer {
 public:
  Packer& number(std::int64_t value) {
    auto bits = static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
    for (; bits >= 0x80; bits >>= 7) bytes_ += static_cast<char>(bits | 0x80);
    bytes_ += static_cast<char>(bits);
    return *this;
  }
  Packer& size(std::size_t value) { return number(static_cast<std::int64_t>(value)); }
  Packer& text(std::string_view value) {
    size(value.size());
    bytes_ += value;
    return *this;
  }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// Reads what a Packer wrote; throws std::invalid_argument where it ends early.
class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : rest_(bytes) {}

  std::int64_t number() {
    std::uint64_t bits = 0;
    for (int shift = 0;; shift += 7) {
      if (rest_.empty() || shift > 63) throw std::invalid_argument("a number is cut off");
      auto byte = static_cast<std::uint8_t>(rest_.front());
      rest_.remove_prefix(1);
      bits |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    return static_cast<std::int64_t>(bits >> 1) ^ -static_cast<std::int64_t>(bits & 1);
  }
  // How many elements follow, each of at least one byte.
  std::size_t size() {
    std::int64_t value = number();
    if (value < 0 || static_cast<std::uint64_t>(value) > rest_.size()) throw std::invalid_argument("a list is cut off");
    return static_cast<std::size_t>(value);
  }
  std::string_view text() {
    std::size_t length = size();
    std::string_view value = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return value;
  }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

}  // namespace bus::kafka
