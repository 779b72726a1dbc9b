// SPDX-License-Identifier: Apache-2.0
#include "app/history.h"

#include <nlohmann/json.hpp>

#include "app/table.h"
#include "app/verbs/looking.h"
#include "app/verbs/verbs.h"
#include "base/clock.h"
#include "sinks/sink_name.h"

namespace app::verbs {

namespace {

constexpr std::size_t kTitleColumns = 48;
constexpr std::size_t kAnswerColumns = 60;

// A time, or how long ago.
base::Result<base::Time> parse_since(const std::string& text) {
  if (auto ago = base::parse_duration(text)) return base::SystemClock().now() - ago.value();
  auto time = base::parse_rfc3339(text);
  if (time && time.value()) return *time.value();
  return base::permanent(base::Reason::kBadRequest,
                         "--since: expected how long ago, as in 90m or 7d, or a time as in 2026-01-02T03:04:05Z");
}

base::Result<HistoryFilter> filter_of(const HistoryArgs& args) {
  HistoryFilter filter;
  for (const std::string& sink : args.sinks) filter.sinks.insert(sinks::sink_name(sink));
  filter.outcomes.insert(args.outcomes.begin(), args.outcomes.end());
  filter.states.insert(args.states.begin(), args.states.end());
  filter.incident = args.incident;
  if (!args.severity.empty()) filter.at_least = schemas::parse_severity(args.severity);
  if (!args.since.empty()) {
    BOOST_OUTCOME_TRY(filter.since, parse_since(args.since));
  }
  return filter;
}

std::string answer_of(const schemas::Receipt& receipt) {
  if (receipt.reason.empty()) return receipt.detail;
  return receipt.detail.empty() ? receipt.reason : receipt.reason + ": " + receipt.detail;
}

std::string as_text(const std::vector<HistoryLine>& lines) {
  Table table({"AT", "SINK", "OUTCOME", "TRIES", "INCIDENT", "STATE", "SEVERITY", "TITLE", "REASON OR REPLY"});
  for (const HistoryLine& line : lines) {
    const schemas::Receipt& receipt = line.receipt;
    table.add({base::to_rfc3339(std::chrono::floor<std::chrono::seconds>(receipt.at)), receipt.sink, line.outcome(),
               line.is_pending ? "-" : std::to_string(receipt.attempts), short_id(receipt.incident_id), receipt.state,
               receipt.severity, shorten(receipt.title, kTitleColumns), shorten(answer_of(receipt), kAnswerColumns)});
  }
  return table.to_string();
}

}  // namespace

int history(const HistoryArgs& args) {
  auto filter = filter_of(args);
  if (!filter) {
    complain(filter.error());
    return 2;
  }
  auto archive = open_archive(args);
  if (!archive) return complain(archive.error());
  auto lines = read_history(*archive.value(), filter.value(), static_cast<std::size_t>(args.limit));
  if (!lines) return complain(lines.error());
  if (args.output == Output::kTable) {
    print(as_text(lines.value()));
    return 0;
  }
  nlohmann::json list = nlohmann::json::array();
  for (const HistoryLine& line : lines.value()) list.push_back(to_json(line));
  print(structured(list, args.output));
  return 0;
}

}  // namespace app::verbs
