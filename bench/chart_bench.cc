// SPDX-License-Identifier: Apache-2.0
// One graph of five series, an hour at a sample each 15 s, 800x400: samples to PNG by charts/, beside what a program
// would do with cairo alone: one path a series, a grid, its own text, cairo's PNG writer. The goal is twice as fast.
#include <benchmark/benchmark.h>
#include <cairo/cairo.h>

#include <cmath>
#include <cstdlib>
#include <string>

#include "charts/chart.h"

namespace {

constexpr int kWidth = 800;
constexpr int kHeight = 400;
constexpr int kSeries = 5;
constexpr int kSamples = 240;

double value_at(int series, int sample) {
  double noise = std::fmod(std::abs(std::sin(series * 12.9898 + sample * 78.233) * 43758.5453), 1.0);
  return 100e6 * (series + 1) + 30e6 * std::sin(sample / 20.0 + series) + 10e6 * noise;
}

base::Chart make_chart() {
  base::Chart chart;
  chart.title = "Memory of cart";
  chart.unit = base::Unit::kBytes;
  chart.step = std::chrono::seconds(15);
  chart.from = base::Time(std::chrono::hours(24 * 365 * 50));
  chart.to = chart.from + chart.step * kSamples;
  for (int i = 0; i < kSeries; ++i) {
    base::Series series;
    series.name = "cart-7d9f8b6c5-x2k4" + std::to_string(i);
    for (int j = 0; j < kSamples; ++j) series.samples.push_back({chart.from + chart.step * j, value_at(i, j)});
    chart.series.push_back(std::move(series));
  }
  return chart;
}

cairo_status_t append(void* text, const unsigned char* bytes, unsigned int count) {
  static_cast<std::string*>(text)->append(reinterpret_cast<const char*>(bytes), count);
  return CAIRO_STATUS_SUCCESS;
}

void draw_grid(cairo_t* context) {
  cairo_set_source_rgb(context, 0.85, 0.85, 0.85);
  cairo_set_line_width(context, 1);
  for (int i = 0; i <= 6; ++i) {
    double y = 40.5 + i * 50;
    cairo_move_to(context, 60, y);
    cairo_line_to(context, kWidth - 20, y);
    cairo_stroke(context);
  }
  cairo_set_source_rgb(context, 0.2, 0.2, 0.2);
  cairo_set_font_size(context, 11);
  for (int i = 0; i <= 6; ++i) {
    cairo_move_to(context, 5, 44 + i * 50);
    cairo_show_text(context, (std::to_string(600 - i * 100) + " MiB").c_str());
  }
  for (int i = 0; i <= 6; ++i) {
    cairo_move_to(context, 50 + i * 115, 360);
    cairo_show_text(context, ("12:" + std::to_string(10 + i * 5)).c_str());
  }
}

void draw_series(cairo_t* context, int series) {
  cairo_set_source_rgb(context, 0.2 * series, 0.4, 1 - 0.2 * series);
  cairo_set_line_width(context, 1.5);
  for (int i = 0; i < kSamples; ++i) {
    double x = 60.0 + i * (kWidth - 80.0) / kSamples;
    double y = 340 - value_at(series, i) / 600e6 * 300;
    i == 0 ? cairo_move_to(context, x, y) : cairo_line_to(context, x, y);
  }
  cairo_stroke(context);
  cairo_move_to(context, 60 + series * 140, 385);
  cairo_show_text(context, ("cart-7d9f8b6c5-x2k4" + std::to_string(series)).c_str());
}

void cairo_alone(benchmark::State& state) {
  for (auto _ : state) {
    cairo_surface_t* surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, kWidth, kHeight);
    cairo_t* context = cairo_create(surface);
    cairo_set_source_rgb(context, 1, 1, 1);
    cairo_paint(context);
    draw_grid(context);
    for (int i = 0; i < kSeries; ++i) draw_series(context, i);
    std::string png;
    if (cairo_surface_write_to_png_stream(surface, append, &png) != CAIRO_STATUS_SUCCESS) std::abort();
    benchmark::DoNotOptimize(png.size());
    cairo_destroy(context);
    cairo_surface_destroy(surface);
  }
}

void tocsin_chart(benchmark::State& state) {
  base::Chart chart = make_chart();
  for (auto _ : state) {
    auto png = charts::render_png(chart, {.width = kWidth, .height = kHeight});
    if (!png) std::abort();
    benchmark::DoNotOptimize(png.value().size());
  }
}

BENCHMARK(tocsin_chart)->Unit(benchmark::kMicrosecond);
BENCHMARK(cairo_alone)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
