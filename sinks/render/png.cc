// SPDX-License-Identifier: Apache-2.0
#include "sinks/render/png.h"

#include "charts/chart.h"

namespace sinks {

namespace {

void add_pictures(schemas::Enrichment& enrichment) {
  std::vector<schemas::Block> blocks;
  for (auto& block : enrichment.blocks) {
    std::string picture;
    std::string title;
    if (const auto* chart = std::get_if<schemas::ChartBlock>(&block)) {
      if (auto png = charts::render_png(chart->chart)) picture = std::move(png.value());
      title = chart->chart.title;
    }
    blocks.push_back(std::move(block));
    if (!picture.empty()) {
      blocks.push_back(schemas::ImageBlock{
          .name = "chart.png", .media_type = "image/png", .alt = std::move(title), .contents = std::move(picture)});
    }
  }
  enrichment.blocks = std::move(blocks);
}

}  // namespace

schemas::Transition with_png(schemas::Transition transition) {
  for (auto& enrichment : transition.finding.enrichments) add_pictures(enrichment);
  return transition;
}

}  // namespace sinks
