// SPDX-License-Identifier: Apache-2.0
#include "app/history.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "schemas/topics.h"
#include "sinks/delivery/stage.h"
#include "sinks/digest.h"

namespace app {

namespace {

namespace topics = schemas::topics;

// Receipts of different incidents are not quite in the order of their times, and lanes of a shared log differ more.
constexpr std::chrono::minutes kDisorder{10};

bool wants(const std::set<std::string>& asked, const std::string& value) {
  return asked.empty() || asked.contains(value);
}

bool is_wanted(const HistoryLine& line, const HistoryFilter& filter) {
  const schemas::Receipt& receipt = line.receipt;
  if (filter.since && receipt.at < *filter.since) return false;
  if (!wants(filter.sinks, receipt.sink) || !wants(filter.outcomes, line.outcome())) return false;
  if (!wants(filter.states, receipt.state)) return false;
  if (!receipt.incident_id.starts_with(filter.incident) && !line.incident_key.starts_with(filter.incident))
    return false;
  if (!filter.at_least) return true;
  auto severity = schemas::parse_severity(receipt.severity);
  return severity && *severity >= *filter.at_least;
}

bool is_earlier(const HistoryLine& left, const HistoryLine& right) { return left.receipt.at < right.receipt.at; }

// Keeps the newest.
void cut(std::vector<HistoryLine>& lines, std::size_t limit) {
  std::stable_sort(lines.begin(), lines.end(), is_earlier);
  if (lines.size() > limit) lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(limit));
}

HistoryLine pending_line(const schemas::Delivery& made) {
  HistoryLine line{schemas::receipt_of(made.transition, made.id, made.sink, schemas::DeliveryOutcome::kDelivered),
                   made.transition.incident.identity.key, true};
  line.receipt.at = made.created;
  return line;
}

HistoryLine pending_line(const sinks::FoldedDelivery& folded, const std::string& sink) {
  HistoryLine line{.incident_key = folded.incident_key, .is_pending = true};
  line.receipt = sinks::receipt_of(folded, sink, schemas::DeliveryOutcome::kDelivered);
  line.receipt.reason = "for_digest";
  line.receipt.at = folded.at;
  return line;
}

base::Result<void> add_pending(const bus::Archive& archive, const HistoryFilter& filter, std::size_t limit,
                               std::vector<HistoryLine>& lines) {
  auto add = [&](HistoryLine line) {
    if (is_wanted(line, filter)) lines.push_back(std::move(line));
    if (lines.size() >= 2 * limit) cut(lines, limit);  // A sink that is down may have a million.
  };
  BOOST_OUTCOME_TRY(auto names, archive.topics());
  std::set<std::string> sinks_of_topics;
  for (const std::string& topic : names) sinks_of_topics.emplace(topics::sink_of(topic));
  sinks_of_topics.erase("");
  for (const std::string& sink : sinks_of_topics) {
    if (!wants(filter.sinks, sink)) continue;
    BOOST_OUTCOME_TRY(sinks::scan_pending_deliveries(archive, sink, [&](const std::string& value) {
      if (auto made = schemas::decode_delivery(value)) add(pending_line(made.value()));
    }));
    BOOST_OUTCOME_TRY(sinks::scan_gathering(archive, sink, [&](const std::string& value) {
      if (auto folded = sinks::decode_folded(value)) add(pending_line(folded.value(), sink));
    }));
  }
  return base::ok();
}

}  // namespace

std::string HistoryLine::outcome() const {
  return is_pending ? "pending" : std::string(schemas::to_string(receipt.outcome));
}

base::Result<std::vector<HistoryLine>> read_history(const bus::Archive& archive, const HistoryFilter& filter,
                                                    std::size_t limit) {
  std::vector<HistoryLine> lines;
  BOOST_OUTCOME_TRY(archive.scan_newest_first(topics::kReceipts, [&](const bus::Record& record) {
    if (filter.since && record.time + kDisorder < *filter.since) return false;
    auto receipt = schemas::decode_receipt(record.value);
    if (!receipt) return true;
    HistoryLine line{std::move(receipt.value()), record.key};
    if (is_wanted(line, filter)) lines.push_back(std::move(line));
    return lines.size() < limit;
  }));
  BOOST_OUTCOME_TRY(add_pending(archive, filter, limit, lines));
  cut(lines, limit);
  return lines;
}

nlohmann::json to_json(const HistoryLine& line) {
  auto json = nlohmann::json::parse(schemas::encode(line.receipt));
  json["incident_key"] = line.incident_key;
  json["outcome"] = line.outcome();
  if (line.is_pending) json.erase("attempts");
  return json;
}

}  // namespace app
