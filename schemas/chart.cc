// SPDX-License-Identifier: Apache-2.0
#include "base/chart.h"

#include <cmath>

#include "schemas/codec/records.h"

namespace base {

namespace {

using schemas::codec::Fields;
using schemas::codec::List;
using schemas::codec::Place;
using schemas::codec::Value;
using schemas::codec::Writer;

// Seconds since the epoch that fit into 64 bits of nanoseconds.
constexpr double kLatestSecond = 9.2e9;

// [unix_seconds, value]: a chart of a day has thousands of these.
void read_sample(Fields& in, const Value& pair, const Place& place, Sample& sample) {
  Value time;
  Value value;
  List two(pair);
  bool shaped = two.size() == 2 && two.next(time) && two.next(value);
  double seconds = shaped ? number_of(time).value_or(INFINITY) : INFINITY;
  if (!(std::abs(seconds) < kLatestSecond)) return in.fail(place, "must be a pair of Unix time and value");
  sample.time = from_unix_seconds(seconds);
  in.convert(value, place, sample.value);
}

}  // namespace

void write_fields(Writer& out, const Series& series) {
  out.field("name", series.name);
  out.field_unless_empty("labels", series.labels);
  out.key("samples");
  out.begin_array();
  for (const Sample& sample : series.samples) {
    out.begin_array();
    out.unix_seconds(sample.time);
    out.value(sample.value);
    out.end_array();
  }
  out.end_array();
}

void read_fields(Fields& in, Series& series) {
  in.required("name", series.name);
  in.optional("labels", series.labels);
  auto samples = in.find("samples");
  if (!samples) return;
  Place place{&in, "samples"};
  List list = in.list(*samples, place);
  series.samples.reserve(list.size());
  Value sample;
  for (place.index = 0; !in.failure() && list.next(sample); ++place.index) {
    read_sample(in, sample, place, series.samples.emplace_back());
  }
}

void write_fields(Writer& out, const ReferenceLine& line) {
  out.field("kind", line.kind);
  out.field("name", line.name);
  out.field("value", line.value);
}

void read_fields(Fields& in, ReferenceLine& line) {
  in.required("kind", line.kind);
  in.required("name", line.name);
  line.value = std::nan("");
  in.optional("value", line.value);
}

void write_fields(Writer& out, const Marker& marker) {
  out.field("name", marker.name);
  out.field("time", marker.time);
}

void read_fields(Fields& in, Marker& marker) {
  in.required("name", marker.name);
  in.required("time", marker.time);
}

void write_fields(Writer& out, const Chart& chart) {
  out.field("title", chart.title);
  out.field("unit", chart.unit);
  out.field("from", chart.from);
  out.field("to", chart.to);
  out.seconds_unless_zero("step_seconds", chart.step);
  out.field("series", chart.series);
  out.field_unless_empty("lines", chart.lines);
  out.field_unless_empty("markers", chart.markers);
}

void read_fields(Fields& in, Chart& chart) {
  in.required("title", chart.title);
  in.optional("unit", chart.unit);
  in.required("from", chart.from);
  in.required("to", chart.to);
  in.seconds("step_seconds", chart.step);
  in.optional("series", chart.series);
  in.optional("lines", chart.lines);
  in.optional("markers", chart.markers);
}

}  // namespace base
