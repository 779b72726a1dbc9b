// SPDX-License-Identifier: Apache-2.0
#include "app/recording.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <nlohmann/json.hpp>

#include "app/config_file.h"
#include "ingest/alertmanager_body.h"
#include "ingest/intake_record.h"
#include "schemas/event.h"
#include "schemas/topics.h"

namespace app {

namespace {

// Ten times the largest webhook body.
constexpr std::size_t kLongestLine = 80 * 1024 * 1024;

bool has_schema(const std::string& line, std::string_view name) {
  return line.find(fmt::format("\"schema\":\"{}\"", name)) != std::string::npos;
}

base::Result<RecordedInput> read_intake(const std::string& line) {
  BOOST_OUTCOME_TRY(auto intake, ingest::decode_intake(line));
  BOOST_OUTCOME_TRY(auto summary, ingest::summarize(intake.body));
  RecordedInput input;
  input.at = intake.received;
  input.record = {std::string(schemas::topics::kIntake), ingest::intake_key(summary.source, summary.group_key), line};
  input.source = intake.source;
  input.events = static_cast<std::int64_t>(summary.alerts);
  return input;
}

base::Result<RecordedInput> read_event(const std::string& line) {
  BOOST_OUTCOME_TRY(auto event, schemas::decode_event(line));
  bus::Outgoing record{std::string(schemas::topics::kEvents), event.subject, line};
  return RecordedInput{event.received, std::move(record), event.source, 1};
}

base::Result<void> read_line(const std::string& line, Recording& recording) {
  if (line.size() > kLongestLine) return base::permanent(base::Reason::kTooLarge, "the line is too long");
  if (ingest::is_intake(line)) {
    BOOST_OUTCOME_TRY(auto input, read_intake(line));
    recording.inputs.push_back(std::move(input));
  } else if (has_schema(line, "tocsin.exchange/1")) {
    BOOST_OUTCOME_TRY(auto exchange, net::http::decode_exchange(line));
    recording.exchanges.push_back(std::move(exchange));
  } else if (has_schema(line, "tocsin.event/1")) {
    BOOST_OUTCOME_TRY(auto input, read_event(line));
    recording.inputs.push_back(std::move(input));
  } else {
    return base::permanent(base::Reason::kBadRequest,
                           "expected a tocsin.intake/1, tocsin.event/1 or tocsin.exchange/1");
  }
  return base::ok();
}

// What stopped while it recorded leaves half a line.
base::Error explained(base::Error error, const std::string& line) {
  if (!nlohmann::json::accept(line)) error.message = "not JSON; was it cut off?";
  return error;
}

}  // namespace

base::Result<Recording> read_recording(const std::string& path) {
  std::ifstream file(path);
  if (!file) return unreadable(errno).in(path);
  Recording recording;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (line.empty()) continue;
    auto read = read_line(line, recording);
    if (!read) return explained(read.error(), line).in(fmt::format("{}: line {}", path, number));
  }
  if (file.bad()) return unreadable(errno).in(path);
  std::stable_sort(recording.inputs.begin(), recording.inputs.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
  return recording;
}

}  // namespace app
