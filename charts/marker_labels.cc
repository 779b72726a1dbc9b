// SPDX-License-Identifier: Apache-2.0
#include "charts/marker_labels.h"

#include <algorithm>

#include "charts/legend.h"
#include "charts/names.h"

namespace charts {
namespace {

constexpr int kMaxRows = 3;
// Between a line and its label.
constexpr double kGap = 4;

struct Label {
  double left;
  double right;
  int row;
};

// A line stands in its own row and all below it.
class Board {
 public:
  explicit Board(std::size_t markers) : rows_(markers, 0), labels_(markers, {0, -1, -1}) {}

  bool is_free(const Label& label, double own_x, std::size_t own, const std::vector<PlacedMarker>& markers) const {
    for (std::size_t i = 0; i < markers.size(); ++i) {
      if (i == own) continue;
      double x = markers[i].x;
      if (rows_[i] >= label.row && x > label.left - kGap && x < label.right + kGap) return false;
      const Label& other = labels_[i];
      if (other.row < 0 || other.row > label.row) continue;
      if (own_x > other.left - kGap && own_x < other.right + kGap) return false;
      if (other.row == label.row && label.left < other.right + kGap && label.right > other.left - kGap) return false;
    }
    return true;
  }

  void take(std::size_t own, const Label& label) {
    rows_[own] = label.row;
    labels_[own] = label;
  }

 private:
  std::vector<int> rows_;
  std::vector<Label> labels_;
};

}  // namespace

std::vector<PlacedMarker> place_markers(const std::vector<base::Marker>& markers, const PlotScale& scale, double right,
                                        Canvas& canvas) {
  std::vector<const base::Marker*> shown;
  for (const base::Marker& marker : markers) {
    if (marker.time >= scale.from && marker.time <= scale.to) shown.push_back(&marker);
  }
  std::stable_sort(shown.begin(), shown.end(), [](const auto* a, const auto* b) { return a->time < b->time; });
  std::vector<PlacedMarker> placed;
  for (const base::Marker* marker : shown) placed.push_back({scale.x(marker->time), 0, {}});

  Board board(placed.size());
  // From the right: a label over the lines right of it is then free to stand above their labels.
  for (std::size_t i = placed.size(); i-- > 0;) {
    double x = placed[i].x;
    std::string name = fit(clean_text(shown[i]->name), {}, scale.plot.width / 2 - kGap, kLabelStyle, canvas);
    double width = canvas.text_width(name, kLabelStyle);
    for (int candidate = 0; candidate < 2 * kMaxRows; ++candidate) {
      double left = candidate % 2 == 0 ? x + kGap : x - kGap - width;
      Label label{left, left + width, candidate / 2};
      if (label.left < scale.plot.x || label.right > right || !board.is_free(label, x, i, placed)) continue;
      board.take(i, label);
      placed[i].row = label.row;
      placed[i].label = {{left, scale.plot.y - kMarkerRowHeight * (label.row + 0.5) - 1}, name};
      break;
    }
  }
  return placed;
}

}  // namespace charts
