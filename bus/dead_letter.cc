// SPDX-License-Identifier: Apache-2.0
#include "bus/dead_letter.h"

#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/hash.h"

namespace bus {

namespace {

using nlohmann::json;

constexpr std::string_view kSchema = "tocsin.dead_letter/1";
constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool is_utf8(std::string_view bytes) {
  // dump() refuses what is not UTF-8: the same judge as the one that will write it.
  try {
    json(bytes).dump();
    return true;
  } catch (const json::exception&) {
    return false;
  }
}

// RFC 4648, section 4.
std::string to_base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      group = group << 8 | (j < count ? static_cast<std::uint8_t>(bytes[i + j]) : 0U);
    }
    for (std::size_t j = 0; j < 4; ++j) text += j <= count ? kAlphabet[group >> (18 - 6 * j) & 63U] : '=';
  }
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string bytes;
  std::uint32_t group = 0;
  int bits = 0;
  for (char digit : text) {
    auto value = kAlphabet.find(digit);
    if (value == std::string_view::npos) return std::nullopt;
    group = (group << 6 | static_cast<std::uint32_t>(value)) & 0xffffffU;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(group >> bits & 0xffU);
  }
  return bytes;
}

// Keys and values are bytes; JSON is text. `name` holds the text, or `name`_base64 what is none.
void put_bytes(json& object, const std::string& name, const std::string& bytes) {
  if (is_utf8(bytes)) {
    object[name] = bytes;
  } else {
    object[name + "_base64"] = to_base64(bytes);
  }
}

std::string get_bytes(const json& object, const std::string& name) {
  auto encoded = object.find(name + "_base64");
  if (encoded == object.end()) return object.at(name).get<std::string>();
  auto bytes = from_base64(encoded->get<std::string>());
  if (!bytes) throw std::invalid_argument(name + "_base64 is not base64");
  return *std::move(bytes);
}

DeadLetter from_json(const json& object) {
  if (auto schema = object.at("schema").get<std::string>(); schema != kSchema) {
    throw std::invalid_argument("schema is " + schema + ", not " + std::string(kSchema));
  }
  DeadLetter letter;
  letter.id = object.at("id");
  letter.stage = object.at("stage");
  letter.topic = object.at("topic");
  letter.key = get_bytes(object, "key");
  letter.value = get_bytes(object, "value");
  letter.reason = object.at("reason");
  letter.message = object.at("message");
  if (!object.at("attempts").is_number_integer()) throw std::invalid_argument("attempts is no whole number");
  letter.attempts = object.at("attempts");
  auto at = base::parse_rfc3339(object.at("at").get<std::string>());
  if (!at || !at.value()) throw std::invalid_argument("at is not a time");
  letter.at = *at.value();
  return letter;
}

}  // namespace

std::string dead_letter_id(std::string_view stage, std::string_view topic, std::string_view key,
                           std::string_view value) {
  return base::derive_id({stage, topic, key, value});
}

std::string encode(const DeadLetter& letter) {
  json object = {{"schema", kSchema},           {"id", letter.id},
                 {"stage", letter.stage},       {"topic", letter.topic},
                 {"reason", letter.reason},     {"message", letter.message},
                 {"attempts", letter.attempts}, {"at", base::to_rfc3339(letter.at)}};
  put_bytes(object, "key", letter.key);
  put_bytes(object, "value", letter.value);
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

base::Result<DeadLetter> decode_dead_letter(std::string_view text) {
  try {
    return from_json(json::parse(text));
  } catch (const std::exception& error) {
    return base::permanent(base::Reason::kBadRequest, std::string("dead letter: ") + error.what());
  }
}

}  // namespace bus
