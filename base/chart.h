// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/time.h"

namespace base {

// One measurement. NaN where the source said so: a gap.
struct Sample {
  Time time;
  double value;
  friend bool operator==(const Sample&, const Sample&) = default;
};

// One line of a chart, or one row of a range query: its labels and its samples in ascending time.
struct Series {
  std::string name;
  std::map<std::string, std::string> labels;
  std::vector<Sample> samples;
  friend bool operator==(const Series&, const Series&) = default;
};

// How the values of the axis are written. Percent: 0.25 is 25 %. Millicores: values are CPU cores, 0.25 is 250m.
enum class Unit { kPlain, kBytes, kPercent, kMillicores, kSeconds };

// A horizontal line, such as a container's memory limit or an alert's threshold.
struct ReferenceLine {
  enum class Kind { kLimit, kRequest, kThreshold };
  Kind kind;
  std::string name;
  double value;
  friend bool operator==(const ReferenceLine&, const ReferenceLine&) = default;
};

// A vertical line: something happened then, such as "alert started" or "OOM kill".
struct Marker {
  std::string name;
  Time time;
  friend bool operator==(const Marker&, const Marker&) = default;
};

// The numbers of a picture. Findings carry this; sinks draw it as fits them. Two samples further apart than
// 1.5 * step have a gap between them.
struct Chart {
  std::string title;
  Unit unit = Unit::kPlain;
  Time from;
  Time to;
  Duration step{};
  std::vector<Series> series;
  std::vector<ReferenceLine> lines;
  std::vector<Marker> markers;
  friend bool operator==(const Chart&, const Chart&) = default;
};

}  // namespace base
