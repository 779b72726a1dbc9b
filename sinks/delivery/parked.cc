// SPDX-License-Identifier: Apache-2.0
#include "sinks/delivery/parked.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "schemas/codec/fields.h"
#include "schemas/delivery.h"

namespace sinks {

namespace {

constexpr std::string_view kProgress = "progress";

std::string encode_attempts(const Attempts& attempts) {
  nlohmann::json json = {{"attempts", attempts.made}, {"since", base::to_rfc3339(attempts.since)}};
  if (attempts.in_the_dark) json["in_the_dark"] = true;
  return json.dump();
}

Attempts decode_attempts(const std::string* text) {
  Attempts attempts;
  if (!text) return attempts;
  auto is_read = schemas::codec::read_text(*text, "attempts", [&](schemas::codec::Fields& in) {
    in.optional("attempts", attempts.made);
    in.optional("in_the_dark", attempts.in_the_dark);
    in.optional("since", attempts.since);
  });
  return is_read ? attempts : Attempts{};
}

bool is_plain_update(const std::string& value) {
  auto delivery = schemas::decode_delivery(value);
  return delivery && !delivery.value().opening &&
         delivery.value().transition.state == schemas::TransitionState::kUpdated;
}

}  // namespace

std::size_t ParkedQueue::size() const { return txn_.entries(kProgress).size(); }

ParkedQueue::Entry ParkedQueue::front() const { return all().front(); }

std::vector<ParkedQueue::Entry> ParkedQueue::all() const {
  std::vector<Entry> entries;
  for (auto& [place, value] : txn_.entries(kTable)) {
    entries.push_back({place, std::move(value), decode_attempts(txn_.get(kProgress, place))});
  }
  return entries;
}

void ParkedQueue::push(const bus::Record& record, const Attempts& attempts) {
  auto place = fmt::format("{:020}", record.offset);
  txn_.put(kTable, place, record.value);
  set_attempts(place, attempts);
}

void ParkedQueue::set_attempts(const std::string& place, const Attempts& attempts) {
  txn_.put(kProgress, place, encode_attempts(attempts));
}

void ParkedQueue::remove(const std::string& place) {
  txn_.erase(kTable, place);
  txn_.erase(kProgress, place);
}

ParkedQueue::Entry ParkedQueue::least_needed() const {
  auto entries = all();
  if (entries.size() < 3) return {};
  for (std::size_t i = 1; i + 1 < entries.size(); ++i) {
    if (is_plain_update(entries[i].value)) return entries[i];
  }
  return entries[1];
}

}  // namespace sinks
