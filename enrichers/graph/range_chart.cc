// SPDX-License-Identifier: Apache-2.0
#include "enrichers/graph/range_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace enrichers {

namespace {

constexpr int kPoints = 240;
constexpr base::Duration kShortestStep = std::chrono::seconds(15);
// What is shown behind the end of an alert, as a share of the whole.
constexpr int kBehindEnd = 20;

bool contradicts(const base::Series& series, const schemas::Labels& about) {
  return std::any_of(series.labels.begin(), series.labels.end(), [&](const auto& label) {
    auto it = about.find(label.first);
    return it != about.end() && it->second != label.second;
  });
}

void keep_what_it_is_about(std::vector<base::Series>& series, const schemas::Labels& about) {
  auto is_other = [&](const base::Series& one) { return contradicts(one, about); };
  if (std::all_of(series.begin(), series.end(), is_other)) return;
  std::erase_if(series, is_other);
}

bool has_samples(const base::Series& series) {
  return std::any_of(series.samples.begin(), series.samples.end(),
                     [](const base::Sample& sample) { return !std::isnan(sample.value); });
}

double largest(const base::Series& series) {
  double most = -std::numeric_limits<double>::infinity();
  for (const base::Sample& sample : series.samples) {
    if (std::isfinite(sample.value)) most = std::max(most, sample.value);
  }
  return most;
}

std::set<std::string> differing_labels(const std::vector<base::Series>& series) {
  std::set<std::string> differing;
  for (const base::Series& one : series) {
    for (const auto& [name, value] : one.labels) {
      bool everywhere =
          std::all_of(series.begin(), series.end(), [&, &n = name, &v = value](const base::Series& other) {
            auto it = other.labels.find(n);
            return it != other.labels.end() && it->second == v;
          });
      if (!everywhere) differing.insert(name);
    }
  }
  return differing;
}

// The label that says most about a series that stands alone.
std::string telling_label(const base::Series& series) {
  for (const char* name : {"container", "pod", "deployment", "statefulset", "daemonset", "device", "node", "instance",
                           "job", "__name__"}) {
    auto it = series.labels.find(name);
    if (it != series.labels.end()) return it->second;
  }
  return series.labels.empty() ? "value" : series.labels.begin()->second;
}

}  // namespace

Range range_of(const schemas::Alert& alert, base::Time now, base::Duration duration) {
  Range range;
  range.to = now;
  range.from = std::min(now - duration, alert.starts_at);
  if (alert.ends_at && *alert.ends_at < now) {
    range.from = std::min(*alert.ends_at - duration, alert.starts_at);
    range.to = std::min(now, *alert.ends_at + (*alert.ends_at - range.from) / kBehindEnd);
  }
  range.step = std::max(kShortestStep,
                        base::Duration(std::chrono::ceil<std::chrono::seconds>((range.to - range.from) / kPoints)));
  return range;
}

std::vector<base::Marker> markers_of(const schemas::Alert& alert, const Range& range) {
  std::vector<base::Marker> markers;
  auto add = [&](const char* name, base::Time time) {
    if (time >= range.from && time <= range.to) markers.push_back({name, time});
  };
  add("alert started", alert.starts_at);
  if (alert.ends_at) add("resolved", *alert.ends_at);
  return markers;
}

void name_series(std::vector<base::Series>& series) {
  auto differing = differing_labels(series);
  for (base::Series& one : series) {
    if (series.size() == 1 || differing.empty()) {
      one.name = telling_label(one);
      continue;
    }
    for (const std::string& name : differing) {
      auto it = one.labels.find(name);
      if (it != one.labels.end() && !it->second.empty()) one.name += (one.name.empty() ? "" : " ") + it->second;
    }
  }
}

base::Task<base::Result<base::Chart>> query_chart(const Prometheus& prometheus, RangeQuery wanted,
                                                  base::Deadline deadline, std::vector<std::string>& notes) {
  BOOST_OUTCOME_CO_TRY(auto* client, prometheus.client());
  const Range& range = wanted.range;
  BOOST_OUTCOME_CO_TRY(auto query, prometheus.with_labels(wanted.query));
  BOOST_OUTCOME_CO_TRY(auto answer,
                       co_await client->query_range(std::move(query), range.from, range.to, range.step, deadline));
  add_warnings(answer, notes);
  auto& series = answer.series;
  if (series.empty()) co_return base::permanent(base::Reason::kNoData, "no series match: " + wanted.query);
  keep_what_it_is_about(series, wanted.about);
  if (std::none_of(series.begin(), series.end(), has_samples)) {
    co_return base::permanent(base::Reason::kNoData, "no samples in the range: " + wanted.query);
  }
  name_series(series);
  base::Chart chart;
  chart.title = std::move(wanted.title);
  if (series.size() > kMostSeries) {
    notes.push_back(fmt::format("{} of {} series are shown, the largest", kMostSeries, series.size()));
    std::stable_sort(series.begin(), series.end(),
                     [](const base::Series& a, const base::Series& b) { return largest(a) > largest(b); });
    series.resize(kMostSeries);
  }
  chart.unit = wanted.unit;
  chart.from = range.from;
  chart.to = range.to;
  chart.step = range.step;
  chart.series = std::move(series);
  co_return chart;
}

}  // namespace enrichers
