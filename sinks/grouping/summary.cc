// SPDX-License-Identifier: Apache-2.0
#include "sinks/grouping/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/hash.h"

namespace sinks {

using nlohmann::json;

namespace {

constexpr const char* kOthers = "(others)";

schemas::TableBlock table_of(const Summary& summary, const std::vector<GroupAttribute>& by) {
  schemas::TableBlock table{.name = "Alerts", .headers = {"severity"}, .rows = {}};
  for (const auto& attribute : by) table.headers.push_back(attribute.title());
  table.headers.insert(table.headers.end(), {"fired", "resolved"});
  for (const auto& row : summary.rows) {
    std::vector<std::string> cells{std::string(schemas::to_string(row.severity))};
    std::string rest = row.is_rest ? kOthers : row.cells;
    for (std::size_t i = 0; i < by.size(); ++i) {
      auto end = std::min(rest.find(Grouping::kBetweenCells), rest.size());
      cells.push_back(rest.substr(0, end));
      rest.erase(0, std::min(end + 1, rest.size()));
    }
    cells.push_back(std::to_string(row.fired));
    cells.push_back(std::to_string(row.resolved));
    table.rows.push_back(std::move(cells));
  }
  return table;
}

schemas::Severity worst(const Summary& summary) {
  auto severity = schemas::Severity::kDebug;
  for (const auto& row : summary.rows) severity = std::max(severity, row.severity);
  return severity;
}

// "12 fired, 3 resolved: cluster prod, namespace shop"
std::string title_of(const Summary& summary) {
  return fmt::format("{} fired, {} resolved: {}", summary.fired(), summary.resolved(), summary.name);
}

}  // namespace

std::string encode(const GroupedDelivery& grouped) {
  json record = {
      {"schema", "tocsin.grouped/1"}, {"name", grouped.name}, {"row", grouped.row}, {"folded", encode(grouped.folded)}};
  if (grouped.delivery) record["delivery"] = schemas::encode(*grouped.delivery);
  return record.dump(-1, ' ', false, json::error_handler_t::replace);
}

base::Result<GroupedDelivery> decode_grouped(std::string_view text) {
  auto record = json::parse(text, nullptr, false);
  auto is_text = [&](const char* key) { return record.contains(key) && record[key].is_string(); };
  auto may_be_text = [&](const char* key) { return !record.contains(key) || record[key].is_string(); };
  if (!record.is_object() || !is_text("schema") || !is_text("name") || !is_text("folded") ||
      record["schema"] != "tocsin.grouped/1" || !may_be_text("row") || !may_be_text("delivery")) {
    return base::permanent(base::Reason::kBadRequest, "grouped delivery is not tocsin.grouped/1");
  }
  BOOST_OUTCOME_TRY(auto folded, decode_folded(record["folded"].get_ref<const std::string&>()));
  // Earlier records have the row in the place of the folded delivery's group.
  GroupedDelivery grouped{
      .name = record["name"], .row = record.value("row", folded.group), .folded = {}, .delivery = {}};
  grouped.folded = std::move(folded);
  if (record.contains("delivery")) {
    BOOST_OUTCOME_TRY(grouped.delivery, schemas::decode_delivery(record["delivery"].get_ref<const std::string&>()));
  }
  return grouped;
}

std::int64_t Summary::fired() const {
  return std::accumulate(rows.begin(), rows.end(), std::int64_t{0},
                         [](std::int64_t sum, const Row& row) { return sum + row.fired; });
}

std::int64_t Summary::resolved() const {
  return std::accumulate(rows.begin(), rows.end(), std::int64_t{0},
                         [](std::int64_t sum, const Row& row) { return sum + row.resolved; });
}

schemas::Delivery as_delivery(const Summary& summary, const std::vector<GroupAttribute>& by, bool opening) {
  schemas::Delivery delivery{.sink = summary.sink, .created = summary.since, .opening = opening};
  auto& transition = delivery.transition;
  auto& incident = transition.incident;
  incident.id = summary.id;
  incident.identity = {.key = summary.id, .family = std::string(kSummaryCause)};
  incident.title = title_of(summary);
  incident.severity = worst(summary);
  incident.opened = summary.since;
  incident.last_seen = summary.until;
  incident.count = summary.fired() + summary.resolved();
  transition.id = base::derive_id({summary.id, std::to_string(summary.fired()), std::to_string(summary.resolved())});
  transition.state = opening ? schemas::TransitionState::kOpened : schemas::TransitionState::kUpdated;
  transition.cause = kSummaryCause;
  transition.at = summary.until;
  delivery.id = base::derive_id({transition.id, summary.sink});
  auto& finding = transition.finding;
  finding.id = transition.id;
  finding.title = incident.title;
  finding.severity = incident.severity;
  finding.type = schemas::FindingType::kReport;
  finding.state = schemas::FindingState::kFiring;
  finding.aggregation_key = kSummaryCause;
  finding.incident = incident.identity;
  finding.starts_at = summary.since;
  finding.created = summary.until;
  finding.enrichments = {{.type = "summary", .title = "Summary", .action = "", .blocks = {table_of(summary, by)}}};
  return delivery;
}

}  // namespace sinks
