// SPDX-License-Identifier: Apache-2.0
#include "net/prom/answer.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <charconv>
#include <limits>

namespace net::prom {

namespace {

namespace dom = simdjson::dom;
using base::Reason;

// https://prometheus.io/docs/prometheus/latest/querying/api/#format-overview
// What has a type of its own making (VictoriaMetrics writes the status there) is told by its status.
base::Error error_of(std::string_view type, std::string_view message, const http::Response& response) {
  std::string text = fmt::format("{}: {}", type, message);
  if (type == "bad_data" || type == "execution" || type == "not_acceptable") {
    return base::permanent(Reason::kBadRequest, std::move(text));
  }
  if (type == "timeout" || type == "canceled") return base::passing(Reason::kTimeout, std::move(text));
  if (type == "not_found") return base::permanent(Reason::kNotFound, std::move(text));
  auto verdict = http::classify(response);
  if (verdict) return base::passing(Reason::kUnavailable, std::move(text));
  return {verdict.error().reason, verdict.error().retry, std::move(text)};
}

base::Error bad_answer(std::string_view what) {
  return base::permanent(Reason::kBadAnswer, fmt::format("the answer is not Prometheus': {}", what));
}

std::string_view text_of(dom::object object, std::string_view name) {
  std::string_view text;
  return object[name].get(text) ? std::string_view() : text;
}

// The members of the envelope; what is wrong with the answer as a whole becomes an Error.
base::Result<dom::object> open(dom::parser& parser, const http::Response& response) {
  dom::object envelope;
  bool is_json = !parser.parse(response.body).get(envelope);
  if (is_json && text_of(envelope, "status") == "error") {
    return error_of(text_of(envelope, "errorType"), text_of(envelope, "error"), response);
  }
  BOOST_OUTCOME_TRY(http::classify(response));
  if (!is_json) {
    auto type = http::find_header(response.headers, "content-type");
    return bad_answer(fmt::format("status {} with {}", response.status, type.empty() ? "no content type" : type));
  }
  if (text_of(envelope, "status") != "success") return bad_answer("it has no status");
  return envelope;
}

std::string shortened(std::string_view text) {
  if (text.size() <= kLongestWarning) return std::string(text);
  std::size_t end = kLongestWarning;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // Not within a character.
  return std::string(text.substr(0, end)) + "...";
}

// "warnings" and "infos": a sentence or two, or one for each of a hundred stores that Thanos can't reach.
void add_texts(dom::object envelope, std::string_view name, std::vector<std::string>& texts) {
  dom::array list;
  if (envelope[name].get(list)) return;
  std::size_t left_out = 0;
  for (dom::element element : list) {
    std::string_view text;
    if (element.get(text)) continue;
    if (texts.size() >= kMostWarnings) {
      ++left_out;
    } else {
      texts.push_back(shortened(text));
    }
  }
  if (left_out > 0) texts.push_back(fmt::format("and {} more {}", left_out, name));
}

std::map<std::string, std::string> read_map(dom::object from, std::string_view name) {
  std::map<std::string, std::string> map;
  dom::object object;
  if (from[name].get(object)) return map;
  for (auto [key, value] : object) {
    std::string_view text;
    if (!value.get(text)) map.emplace(key, text);
  }
  return map;
}

// "1.5", "NaN", "+Inf", "-Inf".
std::optional<double> read_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec == std::errc::result_out_of_range) return std::numeric_limits<double>::quiet_NaN();
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

// [unix seconds, "value"]
bool read_sample(dom::element element, base::Series& series) {
  dom::array pair;
  double seconds = 0;
  std::string_view text;
  if (element.get(pair) || pair.at(0).get(seconds) || pair.at(1).get(text)) return false;
  auto value = read_number(text);
  if (value) series.samples.push_back({base::from_unix_seconds(seconds), *value});
  return value.has_value();
}

// One member of a vector or a matrix. Native histograms have no line to draw: false.
bool read_series(dom::object from, base::Series& series) {
  series.labels = read_map(from, "metric");
  dom::element single;
  if (!from["value"].get(single)) return read_sample(single, series);
  dom::array values;
  if (from["values"].get(values)) return false;
  series.samples.reserve(values.size());
  for (dom::element value : values) {
    if (!read_sample(value, series)) return false;
  }
  return true;
}

base::Result<void> read_result(dom::element result, std::string_view type, Answer& answer) {
  if (type == "scalar") {
    base::Series series;
    if (!read_sample(result, series)) return bad_answer("a scalar without a value");
    answer.series.push_back(std::move(series));
    return base::ok();
  }
  dom::array list;
  if ((type != "vector" && type != "matrix") || result.get(list)) {
    return bad_answer(fmt::format("a result of type '{}'", type));
  }
  std::size_t histograms = 0;
  for (dom::element element : list) {
    if (answer.series.size() == kMostSeries) break;
    dom::object member;
    base::Series series;
    if (element.get(member)) return bad_answer("a series that is not an object");
    if (read_series(member, series)) {
      answer.series.push_back(std::move(series));
    } else if (member["histogram"].error() && member["histograms"].error()) {
      return bad_answer("a sample that is not [time, \"value\"]");
    } else {
      ++histograms;
    }
  }
  if (list.size() > kMostSeries) {
    answer.warnings.push_back(fmt::format("{} of {} series were read", kMostSeries, list.size()));
  }
  if (histograms > 0) answer.warnings.push_back(fmt::format("{} native histograms were left out", histograms));
  return base::ok();
}

base::Duration seconds_of(dom::object rule, std::string_view name) {
  double seconds = 0;
  if (rule[name].get(seconds)) return {};
  return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

}  // namespace

base::Result<Answer> read_answer(const http::Response& response) {
  dom::parser parser;
  BOOST_OUTCOME_TRY(auto envelope, open(parser, response));
  Answer answer;
  add_texts(envelope, "warnings", answer.warnings);
  add_texts(envelope, "infos", answer.warnings);
  bool is_partial = false;
  if (!envelope["isPartial"].get(is_partial) && is_partial) {
    answer.warnings.push_back("the server says that the answer is partial");
  }
  dom::object data;
  dom::element result;
  if (envelope["data"].get(data) || data["result"].get(result)) return bad_answer("it has no result");
  BOOST_OUTCOME_TRY(read_result(result, text_of(data, "resultType"), answer));
  return answer;
}

base::Result<std::vector<Rule>> read_rules(const http::Response& response, std::string_view alert_name) {
  dom::parser parser;
  BOOST_OUTCOME_TRY(auto envelope, open(parser, response));
  dom::object data;
  dom::array groups;
  if (envelope["data"].get(data) || data["groups"].get(groups)) return bad_answer("it has no groups of rules");
  std::vector<Rule> rules;
  for (dom::element group : groups) {
    dom::array members;
    if (group["rules"].get(members)) continue;
    for (dom::element element : members) {
      dom::object member;
      if (element.get(member) || text_of(member, "type") != "alerting" || text_of(member, "name") != alert_name)
        continue;
      rules.push_back({std::string(alert_name), std::string(text_of(member, "query")), seconds_of(member, "duration"),
                       read_map(member, "labels"), read_map(member, "annotations")});
    }
  }
  return rules;
}

}  // namespace net::prom
