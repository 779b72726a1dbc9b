// SPDX-License-Identifier: Apache-2.0
#include "charts/trace.h"

#include <algorithm>
#include <cmath>

namespace charts {
namespace {

// Collects the points of a run, at most four for each column of half a pixel: as fine as a picture at scale 2 shows.
class RunBuilder {
 public:
  void add(Point point) {
    auto column = static_cast<long>(std::floor(point.x * 2));
    if (!column_points_.empty() && column != column_) flush();
    column_ = column;
    column_points_.push_back(point);
    if (column_points_.size() > kMaxHeld) thin_out();
  }

  Run take() {
    flush();
    return std::exchange(run_, {});
  }

 private:
  static constexpr std::size_t kMaxHeld = 64;

  // Keeps first, lowest, highest and last, in their order.
  void thin_out() {
    if (column_points_.size() <= 4) return;
    auto lower = [](Point a, Point b) { return a.y < b.y; };
    auto [low, high] = std::minmax_element(column_points_.begin(), column_points_.end(), lower);
    auto [first, second] = std::minmax(low, high);
    column_points_ = {column_points_.front(), *first, *second, column_points_.back()};
  }

  void flush() {
    thin_out();
    run_.insert(run_.end(), column_points_.begin(), column_points_.end());
    column_points_.clear();
  }

  Run run_;
  std::vector<Point> column_points_;
  long column_ = 0;
};

}  // namespace

double PlotScale::x(base::Time time) const {
  std::chrono::duration<double> since = time - from;
  std::chrono::duration<double> whole = to - from;
  return plot.x + plot.width * (since / whole);
}

double PlotScale::y(double value) const {
  // Halves, because the difference of two large values of different sign is more than a double holds.
  double part = (value / 2 - low / 2) / (high / 2 - low / 2);
  return plot.bottom() - plot.height * part;
}

std::vector<Run> trace(const base::Series& series, base::Duration step, const PlotScale& scale) {
  std::vector<Run> runs;
  RunBuilder builder;
  auto end_run = [&] {
    Run run = builder.take();
    if (!run.empty()) runs.push_back(std::move(run));
  };
  base::Time last = base::Time::min();
  for (const base::Sample& sample : series.samples) {
    if (sample.time < scale.from || sample.time > scale.to || sample.time <= last) continue;
    bool gap = step > base::Duration::zero() && last != base::Time::min() && sample.time - last - step > step / 2;
    last = sample.time;
    if (gap || !std::isfinite(sample.value)) end_run();
    if (std::isfinite(sample.value)) builder.add({scale.x(sample.time), scale.y(sample.value)});
  }
  end_run();
  return runs;
}

}  // namespace charts
