// SPDX-License-Identifier: Apache-2.0
#include "bus/spool/spooled_append.h"

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace bus::spool {

namespace {

using nlohmann::json;

constexpr const char* kSchema = "tocsin.spooled_append/1";

// The next `size` bytes of `rest`, which go from its front.
std::string take(std::string_view& rest, std::size_t size) {
  if (size > rest.size()) throw std::invalid_argument("it is cut short");
  std::string bytes(rest.substr(0, size));
  rest.remove_prefix(size);
  return bytes;
}

std::size_t size_of(const json& number) {
  if (!number.is_number_unsigned()) throw std::invalid_argument("a size is no whole number");
  return number.get<std::size_t>();
}

SpooledAppend read(std::string_view bytes) {
  auto end = bytes.find('\n');
  if (end == std::string_view::npos) throw std::invalid_argument("it has no heading");
  json heading = json::parse(bytes.substr(0, end));
  if (heading.at("schema") != kSchema) throw std::invalid_argument("its schema is not " + std::string(kSchema));
  std::string_view rest = bytes.substr(end + 1);
  SpooledAppend append;
  for (const json& record : heading.at("records")) {
    Outgoing outgoing{record.at("topic").get<std::string>(), "", ""};
    outgoing.key = take(rest, size_of(record.at("key_bytes")));
    outgoing.value = take(rest, size_of(record.at("value_bytes")));
    append.records.push_back(std::move(outgoing));
  }
  if (!rest.empty()) throw std::invalid_argument("it has bytes left over");
  for (const json& count : heading.at("counts")) {
    if (!count.at("by").is_number_integer()) throw std::invalid_argument("a count is no whole number");
    append.counts.push_back({count.at("counter").get<std::string>(), count.at("by").get<std::int64_t>()});
  }
  return append;
}

}  // namespace

std::string encode(const SpooledAppend& append) {
  json heading = {{"schema", kSchema}, {"records", json::array()}, {"counts", json::array()}};
  std::size_t size = 0;
  for (const Outgoing& record : append.records) {
    heading["records"].push_back(
        {{"topic", record.topic}, {"key_bytes", record.key.size()}, {"value_bytes", record.value.size()}});
    size += record.key.size() + record.value.size();
  }
  for (const Count& count : append.counts) heading["counts"].push_back({{"counter", count.counter}, {"by", count.by}});
  std::string bytes = heading.dump() + "\n";
  bytes.reserve(bytes.size() + size);
  for (const Outgoing& record : append.records) bytes += record.key + record.value;
  return bytes;
}

base::Result<SpooledAppend> decode_spooled_append(std::string_view bytes) {
  try {
    return read(bytes);
  } catch (const std::exception& error) {
    return base::permanent(base::Reason::kBadRequest, std::string("a spooled append can't be read: ") + error.what());
  }
}

}  // namespace bus::spool
