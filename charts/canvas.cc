// SPDX-License-Identifier: Apache-2.0
#include "charts/canvas.h"

#include <cairo/cairo.h>
#include <pango/pangocairo.h>

#include <map>
#include <numbers>
#include <tuple>

#include "base/log.h"
#include "charts/late_library.h"

// What is used of cairo and pango. They bring 35 libraries along, which a process that never draws should not have in
// memory and at its start: these functions are looked up by the first canvas.
#define TOCSIN_DRAWING_FUNCTIONS(F)           \
  F(cairo_arc)                                \
  F(cairo_clip)                               \
  F(cairo_create)                             \
  F(cairo_destroy)                            \
  F(cairo_fill)                               \
  F(cairo_font_options_create)                \
  F(cairo_font_options_destroy)               \
  F(cairo_font_options_set_antialias)         \
  F(cairo_font_options_set_hint_metrics)      \
  F(cairo_font_options_set_hint_style)        \
  F(cairo_image_surface_create)               \
  F(cairo_image_surface_get_data)             \
  F(cairo_image_surface_get_stride)           \
  F(cairo_line_to)                            \
  F(cairo_move_to)                            \
  F(cairo_new_sub_path)                       \
  F(cairo_paint)                              \
  F(cairo_rectangle)                          \
  F(cairo_reset_clip)                         \
  F(cairo_set_dash)                           \
  F(cairo_set_font_options)                   \
  F(cairo_set_line_join)                      \
  F(cairo_set_line_width)                     \
  F(cairo_set_source_rgba)                    \
  F(cairo_stroke)                             \
  F(cairo_surface_destroy)                    \
  F(cairo_surface_flush)                      \
  F(cairo_surface_set_device_scale)           \
  F(g_object_unref)                           \
  F(pango_cairo_create_context)               \
  F(pango_cairo_show_layout_line)             \
  F(pango_font_description_free)              \
  F(pango_font_description_from_string)       \
  F(pango_font_description_set_absolute_size) \
  F(pango_font_description_set_weight)        \
  F(pango_layout_get_baseline)                \
  F(pango_layout_get_line_readonly)           \
  F(pango_layout_get_size)                    \
  F(pango_layout_new)                         \
  F(pango_layout_set_font_description)        \
  F(pango_layout_set_single_paragraph_mode)   \
  F(pango_layout_set_text)

namespace charts {
namespace {

// Each stands before the library's function of its name, which this program is not linked with.
#define TOCSIN_DECLARE(function) decltype(&::function) function = nullptr;
TOCSIN_DRAWING_FUNCTIONS(TOCSIN_DECLARE)
#undef TOCSIN_DECLARE

base::Result<void> look_up_functions() {
  // Whose dependencies are cairo, pango and GLib.
  BOOST_OUTCOME_TRY(LateLibrary pango, LateLibrary::open("libpangocairo-1.0.so.0", "libpangocairo-1.0-0"));
#define TOCSIN_LOOK_UP(function) BOOST_OUTCOME_TRY(pango.look_up(#function, function));
  TOCSIN_DRAWING_FUNCTIONS(TOCSIN_LOOK_UP)
#undef TOCSIN_LOOK_UP
  return base::ok();
}

const base::Result<void>& drawing_functions() {
  static const base::Result<void> looked_up = [] {
    auto result = look_up_functions();
    if (!result) base::log::error("charts: graphs can't be drawn", {{"error", result.error().message}});
    return result;
  }();
  return looked_up;
}

template <auto* Destroy>
struct Destroyer {
  template <class T>
  void operator()(T* handle) const {
    (*Destroy)(handle);
  }
};
using Surface = std::unique_ptr<cairo_surface_t, Destroyer<&cairo_surface_destroy>>;
using Context = std::unique_ptr<cairo_t, Destroyer<&cairo_destroy>>;
using Text = std::unique_ptr<PangoContext, Destroyer<&g_object_unref>>;
using Layout = std::unique_ptr<PangoLayout, Destroyer<&g_object_unref>>;
using Font = std::unique_ptr<PangoFontDescription, Destroyer<&pango_font_description_free>>;

// Grey smoothing (no coloured fringes) and no hinting of widths, so that a text is as wide at every scale.
void set_font_options(cairo_t* context) {
  cairo_font_options_t* options = cairo_font_options_create();
  cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_SLIGHT);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  cairo_set_font_options(context, options);
  cairo_font_options_destroy(options);
}

}  // namespace

struct Canvas::Shaped {
  Layout layout;
  double width = 0;
  double height = 0;
  double baseline = 0;
};

struct Canvas::Handles {
  Surface surface;
  Context context;
  // Made by the first text.
  Text text_context;
  Font font;
  std::map<std::tuple<double, bool, std::string>, Shaped> shaped;
};

Canvas::Canvas(int width, int height, int scale)
    : pixel_width_(width * scale), pixel_height_(height * scale), handles_(std::make_unique<Handles>()) {
  handles_->surface.reset(cairo_image_surface_create(CAIRO_FORMAT_RGB24, pixel_width_, pixel_height_));
  cairo_surface_set_device_scale(handles_->surface.get(), scale, scale);
  handles_->context.reset(cairo_create(handles_->surface.get()));
  set_color(kWhite);
  cairo_paint(handles_->context.get());
}

base::Result<Canvas> Canvas::make(int width, int height, int scale) {
  if (const auto& functions = drawing_functions(); !functions) return functions.error();
  return Canvas(width, height, scale);
}

Canvas::Canvas(Canvas&&) noexcept = default;
Canvas::~Canvas() = default;

void Canvas::set_color(Color color, double opacity) {
  cairo_set_source_rgba(handles_->context.get(), color.red / 255.0, color.green / 255.0, color.blue / 255.0, opacity);
}

void Canvas::clip(const Rect& area) {
  cairo_rectangle(handles_->context.get(), area.x, area.y, area.width, area.height);
  cairo_clip(handles_->context.get());
}

void Canvas::unclip() { cairo_reset_clip(handles_->context.get()); }

void Canvas::fill(const Rect& area, Color color) {
  set_color(color);
  cairo_rectangle(handles_->context.get(), area.x, area.y, area.width, area.height);
  cairo_fill(handles_->context.get());
}

void Canvas::line(Point from, Point to, Color color, double width, std::span<const double> dashes) {
  cairo_t* context = handles_->context.get();
  set_color(color);
  cairo_set_line_width(context, width);
  cairo_set_dash(context, dashes.data(), static_cast<int>(dashes.size()), 0);
  cairo_move_to(context, from.x, from.y);
  cairo_line_to(context, to.x, to.y);
  cairo_stroke(context);
}

void Canvas::polyline(std::span<const Point> points, Color color, double width, std::span<const double> dashes) {
  cairo_t* context = handles_->context.get();
  set_color(color);
  cairo_set_line_width(context, width);
  cairo_set_line_join(context, CAIRO_LINE_JOIN_BEVEL);
  cairo_set_dash(context, dashes.data(), static_cast<int>(dashes.size()), 0);
  for (Point point : points) cairo_line_to(context, point.x, point.y);
  cairo_stroke(context);
}

void Canvas::polygon(std::span<const Point> points, Color color, double opacity) {
  set_color(color, opacity);
  for (Point point : points) cairo_line_to(handles_->context.get(), point.x, point.y);
  cairo_fill(handles_->context.get());
}

void Canvas::dot(Point center, double radius, Color color) {
  set_color(color);
  cairo_new_sub_path(handles_->context.get());
  cairo_arc(handles_->context.get(), center.x, center.y, radius, 0, 2 * std::numbers::pi);
  cairo_fill(handles_->context.get());
}

const Canvas::Shaped& Canvas::shape(const std::string& text, const TextStyle& style) {
  if (!handles_->text_context) {
    set_font_options(handles_->context.get());
    handles_->text_context.reset(pango_cairo_create_context(handles_->context.get()));
    handles_->font.reset(pango_font_description_from_string("sans"));
  }
  auto [found, is_new] = handles_->shaped.try_emplace({style.size, style.bold, text});
  Shaped& shaped = found->second;
  if (!is_new) return shaped;
  PangoFontDescription* font = handles_->font.get();
  pango_font_description_set_absolute_size(font, style.size * PANGO_SCALE);
  pango_font_description_set_weight(font, style.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  shaped.layout.reset(pango_layout_new(handles_->text_context.get()));
  pango_layout_set_single_paragraph_mode(shaped.layout.get(), TRUE);
  pango_layout_set_font_description(shaped.layout.get(), font);
  pango_layout_set_text(shaped.layout.get(), text.data(), static_cast<int>(text.size()));
  int width = 0;
  int height = 0;
  pango_layout_get_size(shaped.layout.get(), &width, &height);
  shaped.width = static_cast<double>(width) / PANGO_SCALE;
  shaped.height = static_cast<double>(height) / PANGO_SCALE;
  shaped.baseline = static_cast<double>(pango_layout_get_baseline(shaped.layout.get())) / PANGO_SCALE;
  return shaped;
}

double Canvas::text_width(const std::string& text, const TextStyle& style) { return shape(text, style).width; }

void Canvas::text(Point at, const std::string& text, const TextStyle& style, Align align) {
  if (text.empty()) return;
  const Shaped& shaped = shape(text, style);
  double shift = align == Align::kLeft ? 0 : align == Align::kCenter ? 0.5 : 1;
  set_color(style.color);
  cairo_move_to(handles_->context.get(), at.x - shift * shaped.width, at.y + shaped.baseline - shaped.height / 2);
  pango_cairo_show_layout_line(handles_->context.get(), pango_layout_get_line_readonly(shaped.layout.get(), 0));
}

std::span<const std::uint32_t> Canvas::row(int y) const {
  cairo_surface_t* surface = handles_->surface.get();
  cairo_surface_flush(surface);
  const unsigned char* data = cairo_image_surface_get_data(surface);
  auto stride = static_cast<std::size_t>(cairo_image_surface_get_stride(surface));
  // Cairo aligns rows of 32-bit pixels to 32 bits.
  const void* start = data + stride * static_cast<std::size_t>(y);
  return {static_cast<const std::uint32_t*>(start), static_cast<std::size_t>(pixel_width_)};
}

}  // namespace charts

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
// Fontconfig keeps what it read about fonts until the process ends; that does not grow with what is drawn.
extern "C" const char* __lsan_default_suppressions() { return "leak:libfontconfig"; }
#endif
#endif
